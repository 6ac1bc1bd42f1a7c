// A table that is wider than its place is scrolled: by the keyboard, too.
addEventListener("load", () => {
  for (const place of document.querySelectorAll(".md-typeset__scrollwrap")) {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
  }
});
