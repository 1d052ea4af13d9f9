export class GradcheckError extends Error {}
export const gradcheck = null, gradgradcheck = null;
