package io.github.visualbert.weights;

/**
 * The element types of torch: the names of the storage class and of the dtype, the name for those
 * who ask (safetensors' where it has one), and the size.
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
  COMPLEX_HALF(null, "complex32", "C32", 4),
  COMPLEX_FLOAT("ComplexFloatStorage", "complex64", "C64", 8),
  COMPLEX_DOUBLE("ComplexDoubleStorage", "complex128", "C128", 16),
  FLOAT8_E4M3FN(null, "float8_e4m3fn", "F8_E4M3", 1),
  FLOAT8_E4M3FNUZ(null, "float8_e4m3fnuz", "F8_E4M3FNUZ", 1),
  FLOAT8_E5M2(null, "float8_e5m2", "F8_E5M2", 1),
  FLOAT8_E5M2FNUZ(null, "float8_e5m2fnuz", "F8_E5M2FNUZ", 1),
  FLOAT8_E8M0FNU(null, "float8_e8m0fnu", "F8_E8M0", 1),
  FLOAT4_E2M1FN_X2(null, "float4_e2m1fn_x2", "F4_X2", 1),
  QINT8("QInt8Storage", "qint8", "QINT8", 1),
  QUINT8("QUInt8Storage", "quint8", "QUINT8", 1),
  QINT32("QInt32Storage", "qint32", "QINT32", 4),
  /** Two elements a byte, which is what a storage of them counts. */
  QUINT4X2("QUInt4x2Storage", "quint4x2", "QUINT4X2", 1),
  QUINT2X4("QUInt2x4Storage", "quint2x4", "QUINT2X4", 1),
  BITS8(null, "bits8", "BITS8", 1),
  BITS16(null, "bits16", "BITS16", 2),
  BITS1X8(null, "bits1x8", "BITS1X8", 1),
  BITS2X4(null, "bits2x4", "BITS2X4", 1),
  BITS4X2(null, "bits4x2", "BITS4X2", 1),
  INT1(null, "int1", "I1", 1),
  INT2(null, "int2", "I2", 1),
  INT3(null, "int3", "I3", 1),
  INT4(null, "int4", "I4", 1),
  INT5(null, "int5", "I5", 1),
  INT6(null, "int6", "I6", 1),
  INT7(null, "int7", "I7", 1),
  UINT1(null, "uint1", "U1", 1),
  UINT2(null, "uint2", "U2", 1),
  UINT3(null, "uint3", "U3", 1),
  UINT4(null, "uint4", "U4", 1),
  UINT5(null, "uint5", "U5", 1),
  UINT6(null, "uint6", "U6", 1),
  UINT7(null, "uint7", "U7", 1);

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

  /** Returns the type of numbers by numpy's code, or null. */
  static TorchType ofNumpy(String code) {
    return switch (code) {
      case "f2" -> HALF;
      case "f4" -> FLOAT;
      case "f8" -> DOUBLE;
      case "i1" -> CHAR;
      case "i2" -> SHORT;
      case "i4" -> INT;
      case "i8" -> LONG;
      case "u1" -> BYTE;
      case "u2" -> UINT16;
      case "u4" -> UINT32;
      case "u8" -> UINT64;
      case "b1" -> BOOL;
      default -> null;
    };
  }
}
