// Results of the global search: the arrow down leads from the box to the first one, and on from one kind to the next.
// Inside a kind the rows are walked by keys.js. Without this file Tab does the same.
(function () {
  "use strict";

  var links = Array.prototype.slice.call(document.querySelectorAll("table[data-found] tbody th a[href]"));

  // A page without a question waits for one.
  var empty = document.querySelector("#q");
  if (empty && !empty.value) { empty.focus(); }

  document.addEventListener("keydown", function (event) {
    var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !links.length || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) { return; }
    var here = links.indexOf(event.target), box = document.getElementById("q"), to = null;
    if (here >= 0) {
      to = here + step < 0 ? box : links[here + step];
    } else if (step > 0 && (event.target === document.body || event.target === box || event.target.id === "yb-find")) {
      to = links[0];
    }
    if (to) { event.preventDefault(); to.focus(); }
  });
})();
