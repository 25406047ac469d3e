/** What the page does with a script: search, filter, keys, unfolding. It reads the page and nothing else. */
export const SCRIPT = `'use strict';
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const exchanges = all('.exchange');
  const marks = all('.arrows [data-exchange], .bars [data-exchange]');
  const texts = new Map();
  const search = byId('search');
  const step = byId('step');
  const pinned = byId('pinned');
  const unfold = byId('unfold');
  let current = -1;

  byId('toolbar').hidden = false;

  const textOf = (exchange) => {
    let text = texts.get(exchange);
    if (text === undefined) {
      text = exchange.textContent.toLowerCase();
      texts.set(exchange, text);
    }
    return text;
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const shown = new Set();
    for (const exchange of exchanges) {
      const fits =
        (step.value === '' || exchange.dataset.step === step.value) &&
        (!pinned.checked || exchange.querySelector('.pin') !== null) &&
        words.every((word) => textOf(exchange).includes(word));
      exchange.hidden = !fits;
      if (fits) shown.add(exchange.dataset.exchange);
    }
    for (const mark of marks) mark.classList.toggle('faded', !shown.has(mark.dataset.exchange));
    byId('nothing').hidden = shown.size > 0;
  };

  const visible = () => exchanges.filter((exchange) => !exchange.hidden);

  const select = (exchange, { open = false, focus = true } = {}) => {
    if (!exchange) return;
    for (const one of all('.current')) one.classList.remove('current');
    const id = exchange.dataset.exchange;
    for (const one of [exchange, ...marks.filter((mark) => mark.dataset.exchange === id)])
      one.classList.add('current');
    current = exchanges.indexOf(exchange);
    if (open) exchange.open = true;
    if (focus) exchange.querySelector('summary').focus({ preventScroll: true });
    exchange.scrollIntoView({ block: open ? 'start' : 'nearest' });
    const arrow = document.querySelector('.arrows .current');
    const panel = arrow && arrow.closest('.panel');
    if (panel && arrow.offsetParent)
      panel.scrollTo({ top: arrow.offsetTop - panel.clientHeight / 2 });
  };

  const move = (by) => {
    const list = visible();
    const at = list.indexOf(exchanges[current]);
    select(list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))]);
  };

  const exchangeOf = (hash) =>
    exchanges.find((exchange) => '#x' + exchange.dataset.exchange === hash);

  const follow = (hash) => {
    const exchange = exchangeOf(hash);
    if (!exchange) return;
    if (exchange.hidden) {
      search.value = '';
      step.value = '';
      pinned.checked = false;
      filter();
    }
    select(exchange, { open: true });
  };

  document.addEventListener('click', (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#x"]');
    if (!link) return;
    event.preventDefault();
    history.pushState(null, '', link.getAttribute('href'));
    follow(link.getAttribute('href'));
  });

  for (const exchange of exchanges)
    exchange.querySelector('summary').addEventListener('click', () => select(exchange, { focus: false }));

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches && event.target.matches('input[type=search], select, textarea');
    if (event.key === 'Escape') {
      search.value = '';
      filter();
      search.blur();
    } else if (typing) return;
    else if (event.key === '/') {
      event.preventDefault();
      search.focus();
    } else if (event.key === 'j') move(1);
    else if (event.key === 'k') move(-1);
  });

  search.addEventListener('input', filter);
  step.addEventListener('change', filter);
  pinned.addEventListener('change', filter);

  const openAll = (open) => {
    for (const exchange of exchanges) exchange.open = open;
  };
  unfold.addEventListener('click', () => {
    const open = unfold.textContent === 'Unfold all';
    openAll(open);
    unfold.textContent = open ? 'Fold all' : 'Unfold all';
  });
  addEventListener('beforeprint', () => openAll(true));

  for (const chip of all('.secret'))
    chip.addEventListener('mouseenter', () => {
      for (const other of all('.secret')) other.classList.toggle('same', other.textContent === chip.textContent);
    });

  if (location.hash) follow(location.hash);
})();
`;
