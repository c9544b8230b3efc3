package io.github.visualbert.picture;

/** What the components of a JPEG stand for. */
enum JpegComponents {
  GRAY,
  RGB,
  YCC,
  CMYK,
  YCCK;

  /**
   * Decides as libjpeg does (jdapimin.c, default_decompress_parms).
   *
   * @param adobeTransform the transform that an Adobe segment names, or -1 without one
   */
  static JpegComponents of(byte[] ids, boolean jfif, int adobeTransform) {
    if (ids.length == 1) {
      return GRAY;
    }
    if (ids.length == 4) {
      return adobeTransform == -1 || adobeTransform == 0 ? CMYK : YCCK;
    }
    if (jfif) {
      return YCC;
    }
    if (adobeTransform != -1) {
      return adobeTransform == 0 ? RGB : YCC;
    }
    return ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B' ? RGB : YCC;
  }
}
