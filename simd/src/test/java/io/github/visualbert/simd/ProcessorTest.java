package io.github.visualbert.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # vendor,    family, model, AMD,   full rate
          AuthenticAMD, 25,      1,   true,  false
          AuthenticAMD, 25,     97,   true,  false
          AuthenticAMD, 26,      2,   true,  true
          AuthenticAMD, 26,     17,   true,  true
          AuthenticAMD, 26,     36,   true,  false
          AuthenticAMD, 26,     68,   true,  true
          AuthenticAMD, 26,     96,   true,  false
          GenuineIntel,  6,     85,   false, true
          GenuineIntel,  6,    143,   false, true
          GenuineIntel,  6,    126,   false, false
          GenuineIntel,  6,    167,   false, false
          GenuineIntel, 19,      1,   false, true
          Other,         6,    143,   false, false
          """)
  void isToldByVendorFamilyAndModel(
      String vendor, int family, int model, boolean amd, boolean fullRate) {
    Processor expected = new Processor(amd, fullRate);
    String linux =
        """
        processor\t: 0
        vendor_id\t: %s
        cpu family\t: %d
        model\t\t: %d
        model name\t: Model 7
        stepping\t: 1
        """;
    assertThat(Processor.ofLinux(linux.formatted(vendor, family, model))).isEqualTo(expected);
    assertThat(
            Processor.ofWindows(
                "x64 Family %d Model %d Stepping 8, %s".formatted(family, model, vendor)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"''", "CPU implementer : 0x41", "Family x", "vendor_id : GenuineIntel"})
  void anotherTextIsAnUnknownProcessor(String text) {
    assertThat(Processor.ofLinux(text)).isEqualTo(new Processor(false, false));
    assertThat(Processor.ofWindows(text)).isEqualTo(new Processor(false, false));
  }
}
