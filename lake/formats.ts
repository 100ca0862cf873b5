/** The formats a router decodes, for rooms that configure a router and touch no bytes. */
export { checkFormats, DEFAULT_FORMATS, type FormatsConfig } from "../formats/config";
