package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.console.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --port 65536        | --port is 65536, expected 0 to 65535
          --port -1           | --port is -1, expected 0 to 65535
          --queue 0           | --queue is 0, expected at least 1
          --max-body 0        | --max-body is 0 bytes, expected 1 to 1G
          --max-body 2G       | --max-body is 2147483648 bytes, expected 1 to 1G
          --max-body many     | 'many' is not a size such as 65536, 512K or 32M
          --host 0.0.0.0      | --host 0.0.0.0 can be reached by others; expected --token-file
          --host no.such.host.invalid | --host is 'no.such.host.invalid'
          """)
  void refusesWrongUsage(String options, String message) {
    Cli.Result result = Cli.run((Object[]) ("serve " + options).split(" "));
    assertThat(result.refusal(ExitCode.USAGE)).contains(message);
  }

  @Test
  void refusesModelsThatCannotBeServed() throws IOException {
    Path vqa = ServiceFixture.DEMO.resolve("vqa");
    assertThat(Cli.run("serve", "--port", "0", "--model", vqa, vqa).refusal(ExitCode.BAD_MODEL))
        .contains("another model has the name vqa already");
    assertThat(Cli.run("serve", "--port", "0", "--model", folder).refusal(ExitCode.BAD_MODEL))
        .contains(folder.toString());
    Path tokens = Files.writeString(folder.resolve("tokens"), "# none\n");
    assertThat(
            Cli.run("serve", "--port", "0", "--model", vqa, "--token-file", tokens)
                .refusal(ExitCode.BAD_INPUT))
        .contains("expected at least one token");
    assertThat(
            Cli.run("serve", "--port", "0", "--model", vqa, "--tls-key-store", tokens)
                .refusal(ExitCode.BAD_INPUT))
        .contains("PKCS #12");
  }

  @Test
  void refusesAPortThatIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(
              Cli.run("serve", "--model", ServiceFixture.DEMO.resolve("vqa"), "--port", port)
                  .refusal(ExitCode.BAD_INPUT))
          .contains("port " + port + ": cannot be listened on");
    }
  }
}
