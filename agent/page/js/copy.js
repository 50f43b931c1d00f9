/** Copying to the clipboard, also where the page is not served securely and the browser's own
 *  clipboard is therefore closed. */

export async function copyText(text, root) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const holder = document.createElement("textarea");
    holder.value = text;
    holder.className = "sr";
    root.append(holder);
    holder.select();
    document.execCommand("copy");
    holder.remove();
  }
}
