// Loaded before the style sheets, and not as a module, so that a page never flashes in the wrong colours.
{
  const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.bsTheme = chosen ?? preferred;
}
