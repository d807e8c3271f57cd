// The total of the boxes ticked, as one ticks them; the next page shows it anyway.
(function () {
  'use strict';
  var form = document.querySelector('[data-batch]');
  var bar = form && form.querySelector('.sg-batch-total');
  if (!bar) return;
  var boxes = Array.prototype.slice.call(form.querySelectorAll('input[name="demande"]'));
  var all = form.querySelector('[data-all]');
  var euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' });

  function show() {
    var ticked = boxes.filter(function (box) { return box.checked; });
    // Whole cents: floating sums of euros drift.
    var cents = ticked.reduce(function (sum, box) { return sum + Math.round(parseFloat(box.dataset.amount) * 100); }, 0);
    form.querySelector('[data-count]').textContent = String(ticked.length);
    form.querySelector('[data-total]').textContent = euros.format(cents / 100);
    all.textContent = ticked.length === boxes.length ? 'Ne rien choisir' : 'Tout choisir';
  }

  bar.hidden = false;
  all.hidden = false;
  all.addEventListener('click', function () {
    var tick = boxes.some(function (box) { return !box.checked; });
    boxes.forEach(function (box) { box.checked = tick; });
    show();
  });
  form.addEventListener('change', show);
  show();
})();
