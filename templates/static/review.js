// The review desk: drafts kept as they are written, a voice recorded, remarks by number, points added up, what comes next
// fetched ahead.
"use strict";
(() => {
  const form = () => document.querySelector("form[data-review]");
  const kept = (text) => { const at = document.querySelector(".desk-kept"); if (at) at.textContent = text; };

  // A filter works as soon as it is chosen. Who goes through its values with the arrow keys has chosen with Enter, or on
  // leaving it.
  let stepping = null;
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("select[data-submit]")) return;
    if (event.key.startsWith("Arrow") && !event.altKey) stepping ??= { at: event.target, from: event.target.value };
    if (event.key === "Enter") chosen(event);
  });
  document.addEventListener("focusout", chosen);
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submit]") && stepping?.at !== event.target) event.target.form.requestSubmit(); });
  function chosen(event) {
    if (stepping?.at !== event.target) return;
    const { at, from } = stepping;
    stepping = null;
    if (at.value !== from) at.form.requestSubmit();
  }

  // What is written is kept, and the check-in stays on the desk, while somebody works on it.
  let timer = 0, active = Date.now(), sending = null;
  const later = () => { clearTimeout(timer); active = Date.now(); kept(""); timer = setTimeout(keep, 1500); };
  async function keep() {
    const from = form();
    if (!from || from.querySelector(".upload-wait")) return;
    clearTimeout(timer);
    sending = new AbortController();
    try {
      const answer = await fetch(from.dataset.review, { method: "POST", body: new URLSearchParams(new FormData(from)), signal: sending.signal, headers: { "HX-Request": "true" } });
      if (from !== form()) return;
      if (answer.status === 204) {
        kept("草稿已自动保存");
        document.dispatchEvent(new Event("review:kept"));
      } else kept(answer.status === 409 ? await answer.text() : "草稿没有保存上");
    } catch (problem) {
      if (problem.name !== "AbortError") kept("网络不通，草稿没有保存上");
    }
  }
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-review]")) { later(); total(); } });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-review]")) return;
    clearTimeout(timer);
    if (sending) sending.abort();
  });
  setInterval(() => { if (form() && !document.hidden && Date.now() - active < 600000) keep(); }, 240000);
  for (const sign of ["keydown", "pointerdown", "scroll"]) document.addEventListener(sign, () => { active = Date.now(); }, { passive: true });

  // The remark that was used is counted when the review is released.
  document.addEventListener("click", (event) => {
    const remark = event.target.closest("[data-remark]");
    if (!remark || !form()) return;
    if (remark.dataset.id && !form().querySelector(`input[name=remark][value="${remark.dataset.id}"]`)) {
      const used = document.createElement("input");
      used.type = "hidden";
      used.name = "remark";
      used.value = remark.dataset.id;
      form().append(used);
    }
    later();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.isComposing || !/^Digit[1-9]$/.test(event.code)) return;
    const remark = document.querySelector(`.remark[data-key="${event.code.slice(5)}"]`);
    if (remark) { event.preventDefault(); remark.click(); }
  });

  function total() {
    const sum = document.querySelector("[data-total]");
    if (!sum) return;
    const points = [...document.querySelectorAll("[data-score]")].map((e) => Number.parseInt(e.value, 10)).filter((n) => n >= 0);
    sum.textContent = points.length ? points.reduce((a, b) => a + b, 0) : "";
  }

  // A voice goes as WAV, 16 kHz, which every phone can play, whatever the browser records.
  const longest = 300, rate = 16000; // seconds, samples a second
  let recorder = null;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-record]");
    if (!button) return;
    if (recorder) return recorder.stop();
    const box = form().querySelector("[data-upload]");
    const note = box.querySelector(".upload-note");
    note.textContent = "";
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      note.textContent = "不能使用麦克风，请在浏览器里允许后再试";
      return;
    }
    const parts = [], begun = Date.now(), label = button.querySelector("span");
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = (e) => parts.push(e.data);
    const tick = setInterval(() => {
      const seconds = Math.floor((Date.now() - begun) / 1000);
      label.textContent = `停止 ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= longest && recorder) recorder.stop();
    }, 250);
    recorder.onstop = async () => {
      clearInterval(tick);
      recorder = null;
      for (const track of stream.getTracks()) track.stop();
      button.classList.remove("btn-danger");
      label.textContent = "录音";
      try {
        const file = new File([await wave(new Blob(parts))], "录音.wav", { type: "audio/wav" });
        box.dispatchEvent(new CustomEvent("upload:files", { bubbles: true, detail: [file] }));
      } catch {
        note.textContent = "录音没有成功，请再试一次";
      }
    };
    button.classList.add("btn-danger");
    recorder.start(1000);
  });

  async function wave(blob) {
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(await blob.arrayBuffer());
    const mono = new Float32Array(Math.min(sound.length, longest * rate));
    for (let c = 0; c < sound.numberOfChannels; c++) {
      const channel = sound.getChannelData(c);
      for (let i = 0; i < mono.length; i++) mono[i] += channel[i] / sound.numberOfChannels;
    }
    const view = new DataView(new ArrayBuffer(44 + mono.length * 2));
    const text = (at, s) => { for (let i = 0; i < s.length; i++) view.setUint8(at + i, s.charCodeAt(i)); };
    text(0, "RIFF");
    view.setUint32(4, 36 + mono.length * 2, true);
    text(8, "WAVEfmt ");
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 1, true);
    view.setUint32(24, rate, true);
    view.setUint32(28, rate * 2, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true);
    text(36, "data");
    view.setUint32(40, mono.length * 2, true);
    for (let i = 0; i < mono.length; i++) view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, mono[i])) * 0x7fff, true);
    return view.buffer;
  }

  // Each time the desk is set.
  function set() {
    if (recorder) recorder.stop();
    for (const button of document.querySelectorAll("[data-record]")) button.hidden = !(window.MediaRecorder && navigator.mediaDevices);
    for (const next of document.querySelectorAll("[data-ahead]")) {
      const file = next.dataset.ahead === "image" ? new Image() : new Audio();
      file.preload = "auto";
      file.src = next.dataset.src;
    }
    total();
    const just = document.querySelector("[data-undo]");
    if (just) setTimeout(() => just.remove(), Number(just.dataset.undo) * 1000);
  }

  // Whatever had the focus, keys now drive the desk again, unless there is something to put right in the form.
  function drive() {
    const desk = document.getElementById("desk");
    const wrong = desk.querySelector(".review-form .is-invalid");
    if (wrong) return wrong.focus();
    if (!desk.querySelector(".review-form .invalid-feedback, .alert-danger")) (desk.querySelector(".desk-open") || desk).focus({ preventScroll: true });
  }
  // Not before its forms are sent the way this one was.
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "desk") { set(); drive(); } });

  // Who wants it done again goes on to say why.
  document.addEventListener("click", (event) => {
    const back = event.target.closest(".desk-return summary")?.parentElement;
    if (back && !back.open) requestAnimationFrame(() => document.getElementById("return-reason").focus());
  });
  set();
})();
