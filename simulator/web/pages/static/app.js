// What the pages do with a keyboard and a clipboard. Every page works without it.
(() => {
  "use strict";

  const copied = async (text, code) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // no clipboard outside a secure context: select the text and use the old way
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
  };

  const withButtons = root => {
    for (const box of root.querySelectorAll("[data-copy]")) {
      const code = box.querySelector("code");
      if (!code || box.querySelector(":scope > button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.setAttribute("aria-label", `Copy: ${box.querySelector("pre").getAttribute("aria-label") || "code"}`);
      button.addEventListener("click", async () => {
        await copied(code.textContent, code);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      box.append(button);
    }
  };

  const writes = target => target.closest("input, textarea, select, [contenteditable]");

  // j and k go through the links with data-row, Enter follows the one in focus, / goes to the search box.
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); }
      return;
    }
    const step = { j: 1, k: -1 }[event.key];
    const rows = step ? [...document.querySelectorAll("[data-row]")] : [];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
  });

  const start = () => {
    withButtons(document);
    const tabs = document.querySelector(".tabs"), tab = tabs?.querySelector("[aria-current]");
    if (tab) tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;  // on a phone they scroll
    document.addEventListener("htmx:after:swap", () => withButtons(document));
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
