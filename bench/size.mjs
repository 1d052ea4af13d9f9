// What the CPU install takes on disk: the package, its addon and libtorch as `npx tstorch install` leaves it.
import fs from "node:fs";
import path from "node:path";
import { findLibtorch } from "../dist/install/find.js";
import { neededMembers, readSettings } from "../dist/install/settings.js";
import { report } from "./measure.mjs";

function bytes(place) {
  const found = fs.statSync(place, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.size ?? 0;
  return fs.readdirSync(place).reduce((sum, name) => sum + bytes(path.join(place, name)), 0);
}

const root = path.dirname(import.meta.dirname);
const { libtorch } = findLibtorch();
const packages = path.dirname(libtorch.root);
const members = neededMembers(readSettings().platform, "cpu").map((member) => path.join(packages, member));
const own = ["dist", "build/Release"].map((name) => path.join(root, name));
const sum = (places) => places.reduce((total, place) => total + bytes(place), 0) / 2 ** 20;
report("on disk", sum([...own, ...members]), "MB");
report("of it the package", sum(own), "MB");
