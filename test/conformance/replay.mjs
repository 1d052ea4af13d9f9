#!/usr/bin/env node
// Replay recorded cases against a package with PyTorch's API in JavaScript.
//
//   node replay.mjs PACKAGE CASES... [--only REGEX] [--failures N] [--json FILE]
//
// PACKAGE is what `import` takes (a file or a package name); CASES are the prefixes that
// record.py wrote. Prints a line per file of cases, the first failures, and a last line
// "N passed, N failed"; with --bits a line more per file, of the cases in which every number is
// equal to the bit; with --roundings the roundings of another CPU (exceptions.mjs) are left out. README.md beside this file lists what it expects of the package.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { inexpressible, isRounding } from "./exceptions.mjs";
import { objects } from "./replay_objects.mjs";

const {
  values: opts,
  positionals: [entry, ...files],
} = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    failures: { type: "string", default: "20" },
    json: { type: "string" },
    bits: { type: "boolean" },
    roundings: { type: "boolean" },
  },
});
const load = (name) => import(existsSync(name) ? pathToFileURL(name).href : name);
const torch = await load(entry);
const { float, complex, slice } = torch.py ?? {};

// torch.testing.assert_close's defaults, by dtype of the expected tensor
const TOLERANCE = {
  float64: [1e-7, 1e-7],
  float32: [1.3e-6, 1e-5],
  float16: [1e-3, 1e-5],
  bfloat16: [1.6e-2, 1e-5],
  complex128: [1e-7, 1e-7],
  complex64: [1.3e-6, 1e-5],
  complex32: [1e-3, 1e-5],
};
const ITEM = {
  bool: "uint8",
  bfloat16: "float32",
  float16: "float32",
  uint16: "int64",
  uint32: "int64",
  uint64: "int64",
};

class Cases {
  constructor(prefix) {
    Object.assign(this, JSON.parse(readFileSync(`${prefix}.json`, "utf8")));
    this.bytes = readFileSync(`${prefix}.bin`);
  }
  tensor(id) {
    const [dtype, shape, stride, offset, length] = this.tensors[id];
    if (!length) return torch.empty(shape, { dtype: torch[dtype] });
    const copy = new Uint8Array(this.bytes.subarray(offset, offset + length)); // aligned, and ours alone
    return torch.frombuffer(copy, { dtype: torch[dtype] }).clone().as_strided(shape, stride); // memory that may be resized
  }
  value(v, made) {
    if (v === null || typeof v !== "object") return v;
    if (Array.isArray(v)) return v.map((x) => this.value(x, made));
    if ("t" in v) {
      let t = this.tensor(v.t);
      if (v.param) t = new torch.nn.Parameter(t, { requires_grad: v.grad === true });
      else if (v.grad) t.requires_grad_();
      if (v.grad) made?.push(t);
      return t;
    }
    if ("f" in v) return Number.isInteger(v.f) ? float(v.f) : toNumber(v.f);
    if ("c" in v) return complex(...v.c.map(toNumber));
    if ("big" in v) return BigInt(v.big);
    if ("dtype" in v) return torch[v.dtype];
    if ("device" in v) return torch.device(v.device);
    if ("layout" in v) return torch[v.layout];
    if ("memory_format" in v) return torch[v.memory_format];
    if ("slice" in v) return slice(...this.value(v.slice));
    if ("ellipsis" in v) return "...";
    if ("function" in v) return resolve(v.function);
    if ("options" in v) return torch.nn[v.options](this.entries(v.kwargs));
    if ("module" in v) {
      const module = torch.nn[v.module](...this.value(v.args), ...keywords(this.entries(v.kwargs)));
      module.load_state_dict(this.value(v.state), {});
      return module.train(v.training);
    }
    if ("packed" in v) return new torch.nn.utils.rnn.PackedSequence(...this.value(v.packed, made));
    if ("named" in v) return this.entries(v.named, made);
    if ("dict" in v) return this.entries(v.dict, made);
    throw new Error(`unknown value ${JSON.stringify(v)}`);
  }
  entries(o, made) {
    return Object.fromEntries(Object.entries(o).map(([k, x]) => [k, this.value(x, made)]));
  }
}

const numbers = (t, dtype) => {
  t = t.detach();
  if (t.is_conj?.()) t = t.resolve_conj();
  if (t.is_neg?.()) t = t.resolve_neg();
  if (dtype.startsWith("complex")) t = torch.view_as_real(dtype === "complex32" ? t.to(torch.complex64) : t);
  else if (ITEM[dtype] ?? dtype.startsWith("float8")) t = t.to(torch[ITEM[dtype] ?? "float32"]);
  return t.contiguous().numpy().data;
};
const same = (a, b, [rtol, atol]) =>
  a === b ||
  (Number.isNaN(a) && Number.isNaN(b)) ||
  (Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= atol + rtol * Math.abs(b));
/** Whether all numbers of the case so far were equal to the bit, for --bits; NaNs are equal, 0 and -0 are not. */
let exact = true;
const near = (a, b, tolerance) => {
  if (!Object.is(a, b)) exact = false;
  return same(a, b, tolerance);
};
const NOT_FINITE = { inf: Infinity, "-inf": -Infinity, nan: NaN };
const toNumber = (s) => NOT_FINITE[s] ?? Number(s);

function mismatch(cases, got, want, where = "output", metaOnly = false) {
  if (want === null || want === undefined) return got == null ? null : `${where}: expected None`;
  if (typeof want !== "object")
    return got === want || (typeof got === "bigint" && Number(got) === want) || Number(got) === want
      ? null
      : `${where}: ${got} is not ${want}`;
  if (Array.isArray(want)) {
    if (got?.length !== want.length) return `${where}: length ${got?.length} is not ${want.length}`;
    for (let i = 0; i < want.length; i++) {
      const m = mismatch(cases, got[i], want[i], `${where}[${i}]`, metaOnly);
      if (m) return m;
    }
    return null;
  }
  if ("t" in want) {
    const [dtype, shape, , , length] = cases.tensors[want.t];
    if (!(got instanceof torch.Tensor)) return `${where}: not a Tensor but ${typeof got}`;
    if (String(got.dtype) !== `torch.${dtype}`) return `${where}: dtype ${got.dtype} is not torch.${dtype}`;
    if (JSON.stringify([...got.shape]) !== JSON.stringify(shape))
      return `${where}: shape ${got.shape} is not [${shape}]`;
    if (got.requires_grad !== (want.grad === true)) return `${where}: requires_grad is ${got.requires_grad}`;
    if (metaOnly || !length) return null;
    const a = numbers(got, dtype),
      b = numbers(cases.tensor(want.t), dtype),
      tol = [...(TOLERANCE[dtype] ?? [0, 0])];
    if (where.includes("gradient"))
      tol[1] += tol[0] * b.reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 0); // sums that cancel
    for (let i = 0; i < b.length; i++)
      if (!near(a[i], b[i], tol)) return `${where}: element ${i} is ${a[i]}, not ${b[i]}`;
    return null;
  }
  if ("f" in want)
    return near(Number(got), toNumber(want.f), TOLERANCE.float64) ? null : `${where}: ${got} is not ${want.f}`;
  if ("c" in want)
    return [got?.real, got?.imag].every((x, i) => near(Number(x), toNumber(want.c[i]), TOLERANCE.float64))
      ? null
      : `${where}: ${got} is not ${want.c}`;
  if ("big" in want) return String(got) === want.big ? null : `${where}: ${got} is not ${want.big}`;
  for (const kind of ["dtype", "layout", "memory_format"])
    if (kind in want)
      return String(got) === `torch.${want[kind]}` ? null : `${where}: ${got} is not torch.${want[kind]}`;
  if ("named" in want || "dict" in want) {
    for (const [k, x] of Object.entries(want.named ?? want.dict)) {
      const m = mismatch(cases, got?.[k], x, `${where}.${k}`, metaOnly);
      if (m) return m;
    }
    return null;
  }
  if ("uninitialized" in want)
    return got instanceof torch.nn.parameter[want.uninitialized] ? null : `${where}: not an ${want.uninitialized}`;
  if ("packed" in want)
    return mismatch(cases, [got.data, got.batch_sizes, got.sorted_indices, got.unsorted_indices], want.packed, where);
  return null;
}

const keywords = (options) => (Object.keys(options).length ? [options] : []);
const resolve = (path) =>
  path
    .split(".")
    .slice(1)
    .reduce((o, k) => o?.[k], torch);
const unwrap = (v) =>
  v instanceof torch.Tensor
    ? [v]
    : Array.isArray(v)
      ? v.flatMap(unwrap)
      : v && typeof v === "object" && !ArrayBuffer.isView(v)
        ? Object.values(v).flatMap(unwrap)
        : [];

function invoke(cases, c, made) {
  const args = cases.value(c.args, made),
    kwargs = cases.entries(c.kwargs, made);
  const tail = Object.keys(kwargs).length ? [kwargs] : [];
  if (c.seed !== undefined) torch.manual_seed(c.seed);
  if (c.call === "torch.Tensor.__getitem__") return args[0].index(...args[1]);
  const method = /^torch\.Tensor\.(\w+)$/.exec(c.call)?.[1];
  if (method) {
    const f = torch.Tensor.prototype[method];
    if (typeof f !== "function") throw new Error(`Tensor.${method} is missing`);
    return f.call(...args, ...tail);
  }
  const f = resolve(c.call);
  if (typeof f !== "function") throw new Error(`${c.call} is missing`);
  return f(...args, ...tail);
}

const text = (message) => String(message).split("\nException raised from")[0].trim();
function raises(c, f) {
  try {
    f();
  } catch (e) {
    return text(e.message) === text(c.message) && e.name === c.error
      ? null
      : `threw ${e.name} "${text(e.message)}", not ${c.error} "${text(c.message)}"`;
  }
  return `nothing thrown, expected ${c.error}: ${c.message}`;
}

// the text between Python's brackets, where the key has one; a lone integer stays a number
function brackets(key) {
  const part = (k) =>
    typeof k === "number"
      ? String(k)
      : k === null
        ? "None"
        : Array.isArray(k)
          ? null
          : k.ellipsis
            ? "..."
            : k.slice
              ? k.slice
                  .map((x) => x ?? "")
                  .join(":")
                  .replace(/:$/, "")
              : null;
  const parts = key.map(part);
  return parts.includes(null) ? null : parts.length === 1 && typeof key[0] === "number" ? key[0] : parts.join(", ");
}

const replay = {
  ...objects(torch, { mismatch, resolve, text }),
  ops(cases, c) {
    const made = [],
      out = invoke(cases, c, made);
    const m = mismatch(cases, out, c.out, "output", c.meta_only);
    if (m || !c.grads) return m;
    const outs = unwrap(out).filter((t) => t.requires_grad && (t.is_floating_point() || t.is_complex()));
    const weights = outs.map((t) =>
      torch
        .arange(1, t.numel() + 1, { dtype: torch.float64 })
        .reshape(t.shape)
        .div(Math.max(1, t.numel()))
        .to(t.dtype),
    );
    return mismatch(cases, torch.autograd.grad(outs, made, weights, { allow_unused: true }), c.grads, "gradient");
  },
  errors(cases, c) {
    return raises(c, () => invoke(cases, c));
  },
  modules(cases, c) {
    const kwargs = cases.entries(c.kwargs),
      tail = Object.keys(kwargs).length ? [kwargs] : [];
    const args = cases.value(c.args);
    if (!torch.nn[c.module]) return `nn.${c.module} is missing`;
    torch.manual_seed(c.seed);
    const m = new torch.nn[c.module](...args, ...tail);
    m.train(c.training);
    let bad = mismatch(cases, m.state_dict(), { dict: c.state }, "state_dict");
    if (!bad && JSON.stringify(Object.keys(m.state_dict())) !== JSON.stringify(Object.keys(c.state)))
      bad = `state_dict keys ${Object.keys(m.state_dict())}`;
    if (!bad && JSON.stringify([...m.named_parameters()].map(([k]) => k)) !== JSON.stringify(c.parameters))
      bad = "named_parameters differ";
    if (!bad && String(m) !== c.repr) bad = `printed\n${m}\nnot\n${c.repr}`;
    if (bad || !c.forward_args) return bad;
    const fk = cases.entries(c.forward_kwargs),
      ft = Object.keys(fk).length ? [fk] : [],
      fa = cases.value(c.forward_args);
    torch.manual_seed(c.forward_seed);
    const out = m(...fa, ...ft);
    bad = mismatch(cases, out, c.out) ?? mismatch(cases, m.state_dict(), { dict: c.state_after }, "state after");
    if (!bad && c.repr_after !== undefined && String(m) !== c.repr_after) bad = `printed\n${m}\nnot\n${c.repr_after}`;
    if (bad || !c.param_grads) return bad;
    const outs = unwrap(out).filter((t) => t.requires_grad);
    outs
      .map((t) => t.double().sum())
      .reduce((a, b) => a.add(b))
      .backward();
    return mismatch(
      cases,
      Object.fromEntries([...m.named_parameters()].map(([k, p]) => [k, p.grad])),
      { dict: c.param_grads },
      "parameter gradient",
    );
  },
  optimizers(cases, c) {
    if (!torch.optim[c.optimizer]) return `optim.${c.optimizer} is missing`;
    const params = cases.value(c.params).map((p) => p.detach().requires_grad_());
    const o = new torch.optim[c.optimizer](params, cases.entries(c.kwargs));
    const loss = () =>
      params
        .map((p, i) =>
          p
            .mul(i + 1)
            .cos()
            .add(p.mul(p))
            .sum(),
        )
        .reduce((a, b) => a.add(b));
    const closure = () => {
      o.zero_grad();
      const l = loss();
      l.backward();
      return l;
    };
    for (let s = 0; s < c.steps; s++) {
      if (c.optimizer === "LBFGS") o.step(closure);
      else {
        closure();
        o.step();
      }
      const m = mismatch(
        cases,
        params.map((p) => p.detach()),
        c.trajectory[s],
        `parameters after step ${s + 1}`,
      );
      if (m) return m;
    }
    const state = o.state_dict().state; // int keys in Python: a Map
    const keys = Object.fromEntries(
      [...(state instanceof Map ? state : Object.entries(state))].map(([i, s]) => [i, Object.keys(s).sort()]),
    );
    return JSON.stringify(keys) === JSON.stringify(c.state_keys) ? null : `state_dict has ${JSON.stringify(keys)}`;
  },
  printing(cases, c) {
    torch.set_printoptions({ profile: "default" });
    if (Object.keys(c.options).length) torch.set_printoptions(cases.entries(c.options));
    const got = String(cases.value(c.value));
    torch.set_printoptions({ profile: "default" });
    return got === c.repr ? null : `printed\n${got}\nnot\n${c.repr}`;
  },
  indexing(cases, c) {
    const base = cases.value(c.base),
      key = cases.value(c.key),
      written = brackets(c.key);
    if (c.error)
      return raises(c, () => base.index(...key)) ?? (written === null ? null : raises(c, () => base[written]));
    const m =
      mismatch(cases, base.index(...key), c.out) ??
      (written === null ? null : mismatch(cases, base[written], c.out, `[${written}]`));
    if (m) return m;
    for (const s of c.set) {
      const put = base.clone(),
        assigned = base.clone();
      put.index_put_(key, cases.value(s.value));
      if (written !== null) assigned[written] = cases.value(s.value);
      const bad =
        mismatch(cases, put, s.after, "after index_put_") ??
        (written === null ? null : mismatch(cases, assigned, s.after, `after [${written}] =`));
      if (bad) return bad;
    }
    return null;
  },
};

let passed = 0,
  failed = 0,
  shown = 0;
const report = [];
for (const file of files) {
  const cases = new Cases(file),
    only = opts.only && new RegExp(opts.only);
  let ok = 0,
    all = 0,
    equal = 0,
    left = 0;
  const groups = new Map();
  for (const c of cases.cases) {
    const name = c.call ?? c.module ?? c.optimizer ?? c.scheduler ?? c.use ?? cases.kind;
    if (only && !only.test(name) && !only.test(c.op ?? "")) continue;
    if (cases.kind === "errors" && inexpressible(c)) {
      left++;
      continue;
    }
    all++;
    let why;
    exact = true;
    try {
      why = replay[cases.kind](cases, c);
    } catch (e) {
      why = `threw ${String(e?.message ?? e).split("\n")[0]}`;
    }
    if (why === null || why === undefined) {
      ok++;
      if (exact) equal++;
      continue;
    }
    if (opts.roundings && isRounding(c, why)) {
      all--;
      left++;
      continue;
    }
    groups.set(name, (groups.get(name) ?? 0) + 1);
    report.push({ file, kind: cases.kind, name, op: c.op, why });
    if (shown++ < Number(opts.failures)) console.log(`FAIL ${name}${c.op ? ` (${c.op})` : ""}: ${why.slice(0, 300)}`);
  }
  passed += ok;
  failed += all - ok;
  if (opts.bits) console.log(`${equal} of ${all} equal to the bit`);
  console.log(
    `${file}: ${ok} of ${all} (${((100 * ok) / Math.max(1, all)).toFixed(2)}%)${left ? `, ${left} left out` : ""}${
      groups.size
        ? `, failing: ${[...groups]
            .sort((a, b) => b[1] - a[1])
            .slice(0, 12)
            .map(([k, n]) => `${k} ×${n}`)
            .join(", ")}`
        : ""
    }`,
  );
}
if (opts.json) writeFileSync(opts.json, JSON.stringify(report, null, 1));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
