package io.github.visualbert.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0,0 B",
    "999,999 B",
    "1000,1.0 kB",
    "999949,999.9 kB",
    "999950,1.0 MB",
    "447600000,447.6 MB",
    "123456789012345,123.5 TB",
    "9223372036854775807,9223372.0 TB"
  })
  void formatsInPowersOfAThousand(long bytes, String text) {
    assertThat(ByteSize.text(bytes)).isEqualTo(text);
  }

  @Test
  void formatsAPartInTheUnitOfTheWhole() {
    assertThat(ByteSize.text(783, 447_600_000)).isEqualTo("0.0 of 447.6 MB");
    assertThat(ByteSize.text(201_300_000, 447_600_000)).isEqualTo("201.3 of 447.6 MB");
    assertThat(ByteSize.text(3, 7)).isEqualTo("3 of 7 B");
  }
}
