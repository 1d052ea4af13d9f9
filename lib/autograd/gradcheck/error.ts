import { RuntimeError } from "../../errors.js";

/** What gradcheck() throws where derivatives are wrong. */
export class GradcheckError extends RuntimeError {}
