// The console works without this but for uploads: dialogs, the lightbox, shortcuts, remarks, files on their way.
"use strict";
(() => {
  const token = () => document.querySelector('meta[name="csrf"]').content;

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const picture = at("[data-lightbox]");
    if (picture) {
      event.preventDefault();
      const box = document.getElementById("lightbox");
      box.querySelector("img").src = picture.href;
      box.showModal();
      return;
    }
    if (at("#lightbox")) return document.getElementById("lightbox").close();
    const opener = at("[data-open]");
    if (opener) return document.getElementById(opener.dataset.open).showModal();
    if (at("[data-close]")) return at("dialog").close();
    if (event.target.matches("dialog")) return event.target.close(); // the backdrop
    if (at("[data-dismiss]")) return at(".flash").remove();
    const remark = at("[data-remark]");
    if (remark) return write(remark.dataset.remark, event.detail > 0);
    const removed = at("[data-remove]");
    if (removed) {
      const box = removed.closest("[data-upload]");
      removed.closest(".upload-item").remove();
      return box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (const menu of document.querySelectorAll(".me[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // A remark goes to the end of what is written already. The pointer leads into the field; keys stay with the desk, so
  // that the next one is a shortcut as well.
  function write(remark, pointed) {
    const field = document.getElementById("review-text");
    field.value = (field.value.trim() ? field.value.trimEnd() + "\n" : "") + remark;
    if (pointed) field.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const typing = event.target.matches("input, textarea, select");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const back = event.target.closest(".desk-return")?.querySelector("[data-return]");
      const release = back || document.querySelector("[data-release]");
      if (release) { event.preventDefault(); release.click(); }
    } else if (event.key === "Escape" && event.target.closest(".me[open]")) {
      const menu = event.target.closest(".me");
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.key === "Escape" && typing && !event.target.closest("dialog")) {
      event.target.blur();
    } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]")) {
      const target = [...document.querySelectorAll("[data-key]")].find((e) => e.dataset.key === event.key.toLowerCase());
      if (!target) return;
      event.preventDefault();
      target.matches("textarea, input") ? target.focus() : target.click();
    }
  });

  // A form is sent once, and not while a file is still on its way.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.querySelector(".upload-wait")) {
      event.preventDefault();
      form.querySelector(".upload-note").textContent = "文件还在上传，请稍等";
    } else if (form.dataset.sent) {
      event.preventDefault();
    } else if (form.method === "post" && !form.closest("[hx-boost], [hx-post]")) {
      form.dataset.sent = "1";
    }
  });
  window.addEventListener("pageshow", () => { for (const f of document.querySelectorAll("form[data-sent]")) delete f.dataset.sent; });

  // What is typed into a review and not sent is asked for before it is lost.
  let dirty = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-review]")) dirty = true; });
  for (const sent of ["submit", "review:kept"]) document.addEventListener(sent, (event) => { if (event.type !== "submit" || event.target.matches("form[data-review]")) dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  document.addEventListener("htmx:confirm", (event) => {
    if (!dirty || !event.target.matches("a")) return;
    event.preventDefault();
    if (window.confirm("点评还没有保存，要离开吗？")) { dirty = false; event.detail.issueRequest(true); }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "desk") return;
    dirty = false;
    window.scrollTo(0, 0);
  });
  // What is wrong belongs to its field for those who hear the page, and the first of it has the focus.
  function faults() {
    let first = document.querySelector("main .alert-danger[role=alert]:not(.flash)");
    if (first) first.tabIndex = -1;
    for (const fault of document.querySelectorAll("main .invalid-feedback")) {
      const field = [...fault.parentElement.querySelectorAll("input:not([type=hidden]), select, textarea")].findLast((e) => e.compareDocumentPosition(fault) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (!field) continue;
      field.setAttribute("aria-invalid", "true");
      if (fault.id) field.setAttribute("aria-describedby", fault.id);
      const folded = field.closest("details:not([open])");
      if (folded) folded.open = true;
      first ||= field;
    }
    if (first) first.focus();
  }
  for (const shown of ["DOMContentLoaded", "htmx:afterSettle"]) document.addEventListener(shown, faults);

  // Where one is stays in sight among many tabs.
  function sight() {
    const on = document.querySelector("#tabs [aria-current]"), tabs = on?.parentElement;
    if (on) tabs.scrollLeft += on.getBoundingClientRect().left - tabs.getBoundingClientRect().left - (tabs.clientWidth - on.offsetWidth) / 2;
  }
  for (const shown of ["DOMContentLoaded", "htmx:afterSettle"]) document.addEventListener(shown, sight);
  document.addEventListener("htmx:responseError", () => say("操作没有成功，请刷新页面再试"));
  document.addEventListener("htmx:sendError", () => say("网络不通，请检查后再试"));

  function say(text) {
    const flash = document.createElement("div");
    flash.className = "flash alert alert-danger";
    flash.append(text);
    document.getElementById("flash").replaceChildren(flash);
    window.scrollTo(0, 0);
  }

  // Files go straight to storage by a signed form: announce, send, complete.
  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-upload]");
    if (!box || event.target.type !== "file") return;
    const files = [...event.target.files];
    event.target.value = "";
    bring(box, files);
  });
  document.addEventListener("upload:files", (event) => bring(event.target, event.detail));

  async function bring(box, files) {
    const note = box.querySelector(".upload-note");
    const list = box.querySelector(".upload-list");
    note.textContent = "";
    const most = Number(box.dataset.most);
    if (most === 1) list.replaceChildren();
    for (const file of files) {
      if (list.children.length >= most) { note.textContent = `最多 ${most} 个文件`; return; }
      const item = waiting(file);
      list.append(item);
      try {
        const done = await send(file, (part) => { item.querySelector("progress").value = part; });
        item.replaceWith(shown(done, box.dataset.upload));
        box.dispatchEvent(new Event("input", { bubbles: true }));
      } catch (problem) {
        item.remove();
        note.textContent = `${file.name}：${problem.message}`;
      }
    }
  }

  const names = { "audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "audio/mp3": "audio/mpeg", "audio/x-wav": "audio/wav", "audio/wave": "audio/wav", "audio/x-aac": "audio/aac", "audio/aacp": "audio/aac" };

  // What a document is goes by its name: many computers do not know the types.
  const office = "application/vnd.openxmlformats-officedocument.";
  const documents = {
    pdf: "application/pdf", doc: "application/msword", ppt: "application/vnd.ms-powerpoint", xls: "application/vnd.ms-excel",
    docx: `${office}wordprocessingml.document`, pptx: `${office}presentationml.presentation`, xlsx: `${office}spreadsheetml.sheet`,
  };

  async function send(file, progress) {
    const paper = documents[file.name.split(".").pop().toLowerCase()];
    const type = paper || names[file.type] || file.type;
    const name = paper && file.name.length > 100 ? "…" + file.name.slice(-99) : file.name.slice(0, 100);
    const { id, upload } = await ask("/console/media", { kind: paper ? "document" : type.split("/")[0], content_type: type, name, size: file.size });
    await new Promise((resolve, reject) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(upload.fields)) body.append(name, value);
      body.append("file", file, "file");
      const request = new XMLHttpRequest();
      request.open(upload.method, upload.url);
      request.upload.onprogress = (e) => { if (e.lengthComputable) progress(e.loaded / e.total); };
      request.onload = () => (request.status < 300 ? resolve() : reject(new Error("上传失败，请重试")));
      request.onerror = () => reject(new Error("网络不通，请检查后再试"));
      request.send(body);
    });
    return ask(`/console/media/${id}/complete`, {});
  }

  async function ask(path, body) {
    const response = await fetch(path, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token() },
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail || "上传失败，请重试");
    return answer;
  }

  function waiting(file) {
    const item = document.createElement("li");
    item.className = "upload-item upload-wait";
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    item.append(file.name, bar);
    return item;
  }

  function shown(done, name) {
    const item = document.createElement("li");
    item.className = "upload-item";
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = done.id;
    const look = document.createElement({ image: "img", audio: "audio", video: "video", document: "a" }[done.kind]);
    if (done.kind === "document") {
      look.className = "block-link document";
      look.href = done.url;
      look.download = done.name;
      look.append(done.name);
    } else {
      look.src = done.kind === "image" ? done.thumb || done.url : done.url;
      if (done.kind === "image") look.alt = "图片";
      else look.controls = true;
    }
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "x";
    remove.dataset.remove = "";
    remove.setAttribute("aria-label", "移除这个文件");
    const cross = document.createElement("i");
    cross.className = "ti ti-x";
    remove.append(cross);
    item.append(field, look, remove);
    return item;
  }
  // The design of a card: boxes over the picture move with pointer and keys, numbers follow, and the picture is drawn anew
  // a moment later.
  const design = document.querySelector("form[data-design]");
  if (design) {
    const stage = design.querySelector(".design-stage");
    const look = stage.querySelector("img");
    const wide = 750;
    const field = (part, name) => design.elements[`${part}.${name}`];
    const value = (part, name) => Number(field(part, name).value) || 0;

    function place() {
      const scale = stage.clientWidth / wide;
      for (const box of stage.querySelectorAll("[data-box]")) {
        const part = box.dataset.box;
        const shown = field(part, "shown");
        box.hidden = shown.type === "checkbox" && !shown.checked;
        for (const [style, name] of [["left", "x"], ["top", "y"], ["width", "w"], ["height", "h"]]) box.style[style] = `${value(part, name) * scale}px`;
      }
    }

    let waiting;
    let latest = 0;
    function draw() {
      place();
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const turn = ++latest;
        const typed = new URLSearchParams(new FormData(design));
        typed.delete("csrf");
        const note = design.querySelector(".design-note");
        try {
          const response = await fetch(`${design.dataset.design}?${typed}`);
          if (turn !== latest) return;
          if (!response.ok) throw new Error(response.status === 422 ? (await response.json()).detail : "预览没有画出来，请稍后再试");
          const before = look.src;
          look.src = URL.createObjectURL(await response.blob());
          if (before.startsWith("blob:")) URL.revokeObjectURL(before);
          note.textContent = "";
        } catch (problem) {
          if (turn === latest) note.textContent = problem.message;
        }
      }, 300);
    }

    function nudge(part, resize, dx, dy) {
      const change = (name, by) => { field(part, name).value = Math.max(0, value(part, name) + Math.round(by)); };
      change(resize ? "w" : "x", dx);
      change(resize ? "h" : "y", dy);
      draw();
    }

    stage.addEventListener("pointerdown", (event) => {
      const box = event.target.closest("[data-box]");
      if (!box) return;
      event.preventDefault();
      box.focus();
      const edge = box.getBoundingClientRect();
      const resize = edge.right - event.clientX < 14 && edge.bottom - event.clientY < 14;
      let { clientX: x, clientY: y } = event;
      const move = (e) => {
        const scale = wide / stage.clientWidth;
        const dx = Math.round((e.clientX - x) * scale), dy = Math.round((e.clientY - y) * scale);
        if (dx || dy) nudge(box.dataset.box, resize, dx, dy);
        x += dx / scale;
        y += dy / scale;
      };
      const end = () => { window.removeEventListener("pointermove", move); window.removeEventListener("pointerup", end); };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", end);
    });
    stage.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] }[event.key];
      const box = event.target.closest("[data-box]");
      if (!step || !box) return;
      event.preventDefault();
      nudge(box.dataset.box, event.shiftKey, ...step);
    });
    design.addEventListener("input", draw);
    design.addEventListener("change", draw);
    window.addEventListener("resize", place);
    draw();
  }
})();
