"""How the shipped checkpoint was made: the generated market, the data sets, the training stages."""
