/** Plain JSON without floats in legal facts: numbers are safe integers, everything else is text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }
export type JsonObject = { readonly [key: string]: Json | undefined }
