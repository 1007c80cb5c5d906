"use strict";
(() => {
  const design = JSON.parse(document.getElementById("design").textContent);
  const place = `common-ground/survey/${design.population}/${design.series}`;
  const at = (id) => document.getElementById(id);
  const language = () => document.documentElement.dataset.language;
  const say = (zh, en) => (language() === "zh" ? zh : en);
  const WORDS = 2 ** 32;

  // Uniform on 0 … n − 1 for n ≤ 2³²: words of the last, incomplete run of n are thrown away.
  function below(n) {
    const most = WORDS - (WORDS % n);
    const word = new Uint32Array(1);
    do crypto.getRandomValues(word); while (word[0] >= most);
    return word[0] % n;
  }

  // The randomisers, step for step as privacy/survey/randomising.py.
  function randomise(question, truth, source = below) {
    const m = question.mechanism;
    const ids = question.options.map((o) => o.id);
    if (m.kind === "krr") {
      const drawn = source(m.denominator);
      if (drawn < m.truth) return ids[truth];
      const other = Math.floor((drawn - m.truth) / m.other);
      return ids[other < truth ? other : other + 1];
    }
    return ids.filter((_, i) => source(m.denominator) < (i === truth ? m.truth : m.other));
  }

  function slot(question, wave, truth) {
    const rule = question.memory;
    if (rule.renew.length) return `wave ${Math.max(...rule.renew.filter((r) => r <= wave))}`;
    return rule.max_changes ? `truth ${truth}` : "wave 1";
  }

  // The memory: question → {drawn: slot → report, last}. Changed in place; returns the report.
  function answer(memory, question, wave, truth, source = below) {
    const mine = (memory.questions[question.id] ??= { drawn: {}, last: null });
    const name = slot(question, wave, truth);
    if (!Object.hasOwn(mine.drawn, name)) {
      if (Object.keys(mine.drawn).length >= question.memory.draws && mine.last !== null) return mine.last;
      const index = question.options.findIndex((o) => o.id === truth);
      mine.drawn[name] = randomise(question, index, source);
    }
    mine.last = mine.drawn[name];
    return mine.last;
  }

  const empty = () => ({ population: design.population, series: design.series, questions: {} });
  let kept = empty();
  let stored = true;

  function possible(question, report) {
    const ids = question.options.map((o) => o.id);
    if (question.mechanism.kind === "krr") return ids.includes(report);
    return Array.isArray(report) && report.every((r) => ids.includes(r));
  }

  function readable(memory) {
    if (!memory || memory.population !== design.population || memory.series !== design.series) return false;
    if (!memory.questions || typeof memory.questions !== "object") return false;
    return design.questions.every((q) => {
      const mine = memory.questions[q.id];
      if (mine === undefined) return true;
      return mine && typeof mine.drawn === "object" && possible(q, mine.last) &&
        Object.values(mine.drawn).every((r) => possible(q, r));
    });
  }

  function recall() {
    try {
      const found = JSON.parse(localStorage.getItem(place));
      if (readable(found)) kept = found;
    } catch {
      stored = false;
    }
  }

  function remember() {
    try {
      localStorage.setItem(place, JSON.stringify(kept));
    } catch {
      stored = false;
    }
    at("forgetful").hidden = stored;
  }

  const canonicalToken = (text) =>
    text.toUpperCase().replace(/[\s-]/g, "").replaceAll("0", "O").replaceAll("1", "I");

  function chosen() {
    const truths = {};
    for (const q of design.questions) {
      const marked = document.querySelector(`input[name="${CSS.escape(q.id)}"]:checked`);
      if (marked) truths[q.id] = marked.value;
    }
    return truths;
  }

  let faulty = false;
  function entitle() {
    document.title = (faulty ? say("错误：", "Error: ") : "") + design.title[language()];
  }

  function complain(wrong) {
    const box = at("problem");
    box.querySelector("ul").replaceChildren(...wrong.map(({ to, zh, en }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${to}`;
      link.append(both(zh, en));
      link.addEventListener("click", (event) => {
        event.preventDefault();
        (at(to).querySelector("input") ?? at(to)).focus();
      });
      item.append(link);
      return item;
    }));
    box.hidden = wrong.length === 0;
    for (const field of document.querySelectorAll("fieldset, #token")) {
      const bad = wrong.find((w) => w.to === field.id);
      field.classList.toggle("wrong", bad !== undefined);
      const beside = at(`${field.id}-error`);
      beside.hidden = bad === undefined;
      beside.replaceChildren(...(bad ? [both(bad.zh, bad.en)] : []));
      if (field.id === "token") field.setAttribute("aria-invalid", String(bad !== undefined));
    }
    faulty = wrong.length > 0;
    entitle();
    if (faulty) box.focus();
  }

  function both(zh, en) {
    const whole = document.createElement("span");
    for (const [lang, text] of [["zh", zh], ["en", en]]) {
      const part = document.createElement("span");
      part.className = "t";
      part.lang = lang;
      part.textContent = text;
      whole.append(part);
    }
    return whole;
  }

  const heard = (q, lang) => q.text[lang];
  const named = (q, id, lang) => q.options.find((o) => o.id === id).text[lang];
  const told = (q, report, lang) => {
    if (!Array.isArray(report)) return named(q, report, lang);
    if (report.length) return report.map((r) => named(q, r, lang)).join(lang === "zh" ? "；" : "; ");
    return lang === "zh" ? "（一项也没有）" : "(none of them)";
  };

  let leaving = "";

  function prepare(event) {
    event.preventDefault();
    const truths = chosen();
    const token = canonicalToken(at("token").value);
    const wrong = design.questions.filter((q) => !(q.id in truths)).map((q) => ({
      to: `q-${q.id}`,
      zh: `请选一项：${heard(q, "zh")}`,
      en: `Choose one: ${heard(q, "en")}`,
    }));
    if (!/^[A-Z2-7]{16}$/.test(token)) {
      wrong.unshift({ to: "token", zh: "口令是16个字母和数字", en: "A token is 16 letters and digits" });
    }
    complain(wrong);
    if (wrong.length) return;
    recall(); // another window may have drawn meanwhile
    const answers = {};
    for (const q of design.questions) answers[q.id] = answer(kept, q, design.wave, truths[q.id]);
    remember(); // before anything can leave
    leaving = JSON.stringify({ survey: design.survey, design: design.digest, token, answers });
    at("reports").replaceChildren(...design.questions.flatMap((q) => {
      const name = document.createElement("dt");
      name.append(both(heard(q, "zh"), heard(q, "en")));
      const what = document.createElement("dd");
      what.append(both(`将送出：${told(q, answers[q.id], "zh")}`, `Will be sent: ${told(q, answers[q.id], "en")}`));
      return [name, what];
    }));
    at("exact").textContent = leaving;
    at("outcome").textContent = "";
    at("leaving").hidden = false;
    at("send").hidden = !location.protocol.startsWith("http");
    at("leaving-title").focus();
  }

  function outcome(zh, en) {
    at("outcome").replaceChildren(both(zh, en));
    at("outcome").focus();
  }

  async function send() {
    at("send").disabled = true;
    try {
      const reply = await fetch(`/api/v1/surveys/${design.survey}/answers`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        credentials: "omit",
        referrerPolicy: "no-referrer",
        body: leaving,
      });
      if (reply.ok) outcome("已收到。谢谢！", "It has arrived. Thank you!");
      else if (reply.status === 422) outcome(
        "没有收下：口令不属于本调查，或用它的答案已经收到。", "Not taken: the token is not of this survey, or an answer with it has arrived.");
      else outcome("服务暂时出错，请稍后再送，或存成文件交来。", "The service has a fault: send it later, or hand it in as a file.");
    } catch {
      outcome("没有连上。请稍后再送，或存成文件交来。", "No connection. Send it later, or hand it in as a file.");
    }
    at("send").disabled = false;
  }

  function file(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  async function open(event) {
    try {
      const found = JSON.parse(await event.target.files[0].text());
      if (!readable(found)) throw new Error();
      kept = found;
      remember();
      at("remembered").replaceChildren(both("已读入。", "Opened."));
    } catch {
      at("remembered").replaceChildren(both("这不是本系列调查的记忆文件。", "This is no memory file of this series of surveys."));
    }
  }

  function forget() {
    const sure = confirm(say(
      "删除后，除非先读入保存的记忆文件，请不要再回答本系列的调查：否则您受到的保护会减弱。确定删除吗？",
      "After this, do not answer this series again unless you open a kept memory file first: you would be protected less. Delete it?"));
    if (!sure) return;
    kept = empty();
    try { localStorage.removeItem(place); } catch { stored = false; }
    at("remembered").replaceChildren(both("已删除。", "Deleted."));
  }

  function speak(lang) {
    document.documentElement.lang = lang;
    document.documentElement.dataset.language = lang;
    entitle();
    for (const button of document.querySelectorAll("[data-speak]")) {
      button.setAttribute("aria-pressed", String(button.dataset.speak === lang));
    }
  }

  for (const button of document.querySelectorAll("[data-speak]")) {
    button.addEventListener("click", () => speak(button.dataset.speak));
  }
  at("questions").addEventListener("submit", prepare);
  at("questions").addEventListener("change", () => { at("leaving").hidden = true; });
  at("token").addEventListener("input", () => { at("leaving").hidden = true; });
  at("send").addEventListener("click", send);
  at("save").addEventListener("click", () => file(`answer-${design.survey}.json`, `${leaving}\n`));
  at("keep").addEventListener("click", () => file(`memory-${design.series}.json`, JSON.stringify(kept)));
  at("forget").addEventListener("click", forget);
  at("recall").addEventListener("change", open);
  at("insecure").hidden = window.isSecureContext;
  if (/^#[A-Za-z0-9-]+$/.test(location.hash)) at("token").value = location.hash.slice(1);
  speak(/^zh\b/i.test(navigator.language) ? "zh" : "en");
  recall();
  at("forgetful").hidden = stored;
  window.questionnaire = Object.freeze({ design, below, randomise, slot, answer });
})();
