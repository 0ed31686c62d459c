/** The one line every run says when the stand-ins take the place of the official provider plugins. */
export const standInNotice =
  'Provider plugins: the lab\'s own minimal stand-ins for "command" 1.2.1 and "kubernetes" 4.32.0 ' +
  '(the official ones cannot be had here); previews are for any stack, `up` is for the lab alone.';
