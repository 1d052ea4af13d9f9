// An installation in a process of its own, with the settings that are its argument.
import { install } from "../../../lib/install/install.js";

await install({}, JSON.parse(process.argv[2]));
