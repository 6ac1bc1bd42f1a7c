(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  for (const button of all("[data-shows]")) {
    button.addEventListener("click", () => {
      const shows = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", shows);
      for (const line of all("[data-method]")) {
        if (line.dataset.method === button.dataset.shows) line.toggleAttribute("hidden", !shows);
      }
    });
  }
  const root = document.documentElement;
  const theme = document.querySelector(".theme");
  const preferred = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ?? (preferred.matches ? "dark" : "light")) === "dark";
  const themed = () => {
    theme.textContent = dark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", `Use the ${dark() ? "light" : "dark"} theme`);
  };
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    themed();
  });
  preferred.addEventListener("change", themed);
  themed();
  theme.hidden = false;
})();
