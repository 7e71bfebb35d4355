// Charts: data from the page's own attribute, colours from tokens.css, the library only when one comes into view.
// Canvas, no animation, rich-text tooltips: an HTML tooltip writes style attributes, which the content policy refuses.
// Without this file the sentence below the chart's place says the same, and the table stands beside it.
(function () {
  "use strict";
  var LIBRARY = document.currentScript.getAttribute("data-echarts");
  var boxes = document.querySelectorAll("[data-yb-chart]");
  if (!boxes.length) { return; }

  function inks() {
    var css = getComputedStyle(document.documentElement);
    return function (name) { return css.getPropertyValue("--yb-" + name).trim(); };
  }
  function axis(ink, own) {
    return Object.assign({
      axisLine: { lineStyle: { color: ink("line-strong") } }, axisTick: { show: false },
      axisLabel: { color: ink("text-2"), fontSize: 12 }, splitLine: { lineStyle: { color: ink("c-grid") } },
    }, own);
  }
  // Lines are named at their right end: no legend, no colours to match. The days of `x` lie as far apart as they are.
  function trend(d, ink) {
    var scale = d.scale || 1, font = ink("font"), colours = ["c-1", "c-2", "c-3", "c-4"];
    function line(s, i) {
      var colour = ink(s.muted ? "c-6" : colours[i]), data = s.data.map(function (one) { return one / scale; }), last = data[data.length - 1];
      return {
        name: s.name, type: "line", symbol: "none", z: s.muted ? 1 : 4 - i,
        data: data, lineStyle: { width: s.muted ? 1.5 : 2, color: colour, type: s.muted ? "dashed" : "solid" },
        itemStyle: { color: colour },
        endLabel: { show: true, formatter: s.name + "  " + last.toFixed(1), color: colour, fontSize: 13, fontFamily: font },
        markLine: i || d.target === null ? undefined : {
          silent: true, symbol: "none", lineStyle: { color: ink("c-target"), type: "solid", width: 1 }, data: [{ yAxis: d.target }],
          label: { formatter: d.said, color: ink("c-target"), position: "insideStartTop", fontSize: 12, fontFamily: font },
        },
      };
    }
    return {
      animation: false, textStyle: { fontFamily: font, fontSize: 13, color: ink("text-2") },
      tooltip: { renderMode: "richText", trigger: "axis", backgroundColor: ink("surface"), borderColor: ink("line-strong"), textStyle: { color: ink("text"), fontSize: 13 } },
      grid: { left: 36, right: innerWidth < 600 ? 84 : 118, top: 16, bottom: 28 },
      xAxis: axis(ink, { type: "category", data: d.x, boundaryGap: false, splitLine: { show: false } }),
      yAxis: axis(ink, { type: "value", min: 0, max: 100, interval: 25, axisLine: { show: false } }),
      series: d.series.map(line),
    };
  }
  var KINDS = { trend: trend };

  function draw(box) {
    var d = JSON.parse(box.getAttribute("data-yb-chart"));
    box.hidden = false;
    box.nextElementSibling.hidden = true;
    var chart = window.echarts.init(box, null, { renderer: "canvas" });
    function again() { chart.setOption(KINDS[d.kind](d, inks()), true); }
    again();
    addEventListener("resize", function () { chart.resize(); });
    // A reader who changes the theme sees the same chart in its colours.
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }
  var library = null;
  function withLibrary(then) {
    if (!library) {
      library = new Promise(function (ready, failed) {
        var script = document.createElement("script");
        script.src = LIBRARY;
        script.onload = ready;
        script.onerror = failed;
        document.head.appendChild(script);
      });
    }
    library.then(then).catch(function () { /* the sentence and the table stay */ });
  }
  function seen(entries, watcher) {
    entries.forEach(function (one) {
      if (!one.isIntersecting) { return; }
      watcher.unobserve(one.target);
      withLibrary(function () { draw(one.target.previousElementSibling); });
    });
  }
  // The sentence is watched: the chart's own place is not there before it is drawn.
  var watcher = new IntersectionObserver(seen, { rootMargin: "200px" });
  Array.prototype.forEach.call(boxes, function (box) { watcher.observe(box.nextElementSibling); });
})();
