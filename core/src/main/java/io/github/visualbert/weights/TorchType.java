package io.github.visualbert.weights;

/**
 * The element types of torch: the names of the storage class and of the dtype, safetensors' name,
 * and the size.
 */
enum TorchType {
  DOUBLE("DoubleStorage", "float64", "F64", 8),
  FLOAT("FloatStorage", "float32", "F32", 4),
  HALF("HalfStorage", "float16", "F16", 2),
  BFLOAT16("BFloat16Storage", "bfloat16", "BF16", 2),
  LONG("LongStorage", "int64", "I64", 8),
  INT("IntStorage", "int32", "I32", 4),
  SHORT("ShortStorage", "int16", "I16", 2),
  CHAR("CharStorage", "int8", "I8", 1),
  BYTE("ByteStorage", "uint8", "U8", 1),
  BOOL("BoolStorage", "bool", "BOOL", 1),
  /** Bytes; the tensor says what they are. */
  UNTYPED("UntypedStorage", null, "U8", 1),
  UINT16(null, "uint16", "U16", 2),
  UINT32(null, "uint32", "U32", 4),
  UINT64(null, "uint64", "U64", 8),
  COMPLEX_FLOAT("ComplexFloatStorage", "complex64", "C64", 8),
  COMPLEX_DOUBLE("ComplexDoubleStorage", "complex128", "C128", 16);

  private final String storageName;
  private final String dtypeName;
  final String dtype;
  final int byteSize;

  TorchType(String storageName, String dtypeName, String dtype, int byteSize) {
    this.storageName = storageName;
    this.dtypeName = dtypeName;
    this.dtype = dtype;
    this.byteSize = byteSize;
  }

  /** Returns the type of a storage class such as {@code FloatStorage}, or null. */
  static TorchType ofStorage(String name) {
    for (TorchType type : values()) {
      if (name.equals(type.storageName)) {
        return type;
      }
    }
    return null;
  }

  /** Returns the type of a dtype such as {@code float32}, or null. */
  static TorchType ofDtype(String name) {
    for (TorchType type : values()) {
      if (name.equals(type.dtypeName)) {
        return type;
      }
    }
    return null;
  }
}
