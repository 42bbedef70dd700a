// Draws each table of numbers as a chart above it, and folds the table away. Everything that is drawn is read from the table.
"use strict";
(() => {
  if (!window.echarts) return;
  const palette = ["#2c7a5b", "#e0a458", "#3f6fa8", "#c2566b", "#7a6aa8", "#3a99a8"];
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const text = { color: "#55606e", fontFamily: getComputedStyle(document.body).fontFamily };
  const number = (cell) => cell.dataset.value === "" ? null : Number(cell.dataset.value);

  function draw(figure) {
    const place = figure.querySelector("[data-chart-place]");
    const heads = [...figure.querySelectorAll("thead th")].slice(1);
    const rows = [...figure.querySelectorAll("tbody tr")];
    const right = heads.some((head) => "right" in head.dataset);
    const unit = (head) => (value) => value == null ? "–" : value + head.dataset.unit;
    place.hidden = false;
    figure.querySelector("details").open = false;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({
      color: palette, animation: !calm, textStyle: text, aria: { enabled: false },
      grid: { left: 12, right: 12, top: heads.length > 1 ? 44 : 20, bottom: rows.length > 45 ? 48 : 8, containLabel: true },
      legend: { show: heads.length > 1, top: 4, type: "scroll", itemWidth: 14, itemHeight: 10, textStyle: text },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" } },
      dataZoom: rows.length > 45 ? [{ type: "slider", height: 18, bottom: 8 }] : [],
      xAxis: { type: "category", data: rows.map((row) => row.cells[0].textContent), axisTick: { show: false }, axisLabel: { ...text, hideOverlap: true } },
      yAxis: [
        { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: "#eceff1" } } },
        { type: "value", show: right, min: 0, axisLabel: text, splitLine: { show: false } },
      ],
      series: heads.map((head, at) => ({
        name: head.textContent, type: head.dataset.kind, stack: head.dataset.stack || undefined, yAxisIndex: "right" in head.dataset ? 1 : 0,
        data: rows.map((row) => number(row.cells[at + 1])), barMaxWidth: 28, symbolSize: 6, showSymbol: rows.length < 20, connectNulls: true,
        lineStyle: { width: 2 }, itemStyle: "faint" in head.dataset ? { color: "#d3dad6" } : {}, tooltip: { valueFormatter: unit(head) },
      })),
    });
    new ResizeObserver(() => chart.resize()).observe(place);
  }
  document.querySelectorAll("[data-chart]").forEach(draw);
})();
