/** `<script type="module" src="https://HOST/embed.js">` gives a page the element <vouch-listing>. */

import "/static/js/element.js";
