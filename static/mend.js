// The table that mends a file, on forms marked data-mend: only what changed is sent, and the eye stays where it was.
// Without scripts everything is sent, and what says the same as the file changes nothing.
(function () {
  'use strict';
  var PLACE = 'sg-mend-place';

  function unchanged(field) {
    if (field.type === 'checkbox') return false; // an unchecked one is not sent anyway
    if (field.tagName === 'SELECT') return field.selectedOptions[0] && field.selectedOptions[0].defaultSelected;
    return field.value === field.defaultValue;
  }

  // An element that may be added is sent whole when its box is ticked, untouched or not.
  function isWanted(field) {
    var part = field.closest('.sg-mend');
    if (!part || 'proposed' in part.dataset) return true;
    var added = part.querySelector('input[name^="a."]');
    return !unchanged(field) || Boolean(added && added.checked);
  }

  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (!form.matches('form[data-mend]')) return;
    var part = document.activeElement && document.activeElement.closest('.sg-mend');
    try { if (part) sessionStorage.setItem(PLACE, part.dataset.place); } catch (refused) { /* no storage: no place kept */ }
    var quiet = Array.prototype.filter.call(form.querySelectorAll('.sg-mend [name^="v."]'), function (field) { return !isWanted(field); });
    quiet.forEach(function (field) { field.disabled = true; });
    // The form's data is taken at the end of this event: the fields are given back right after.
    setTimeout(function () { quiet.forEach(function (field) { field.disabled = false; }); });
  });

  // Back on the page: the same place when it is still to mend, else what changed.
  var place = null;
  try { place = sessionStorage.getItem(PLACE); sessionStorage.removeItem(PLACE); } catch (refused) { /* idem */ }
  var parts = Array.prototype.filter.call(document.querySelectorAll('.sg-mend'), function (part) { return part.dataset.place === place; });
  var next = parts.length ? parts[0].querySelector('input, select, textarea') : null;
  var told = next || document.querySelector('#rapport [data-focus]');
  if (told) {
    for (var above = told.parentElement; above; above = above.parentElement) if (above.tagName === 'DETAILS') above.open = true;
    told.focus();
  }
})();
