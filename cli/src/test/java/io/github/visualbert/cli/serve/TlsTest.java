package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.error.InputException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service in HTTPS, with a certificate that the test makes. */
@Timeout(120) // seconds, instead of for ever
class TlsTest {
  private static final String PASSWORD = "of-the-test";
  private static final Path VQA = ServiceFixture.DEMO.resolve("vqa-regions");

  @TempDir private static Path folder;

  private static Path keys;
  private static Path certificate;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = folder.resolve("keys.p12");
    certificate = folder.resolve("certificate.pem");
    keytool(
        keys,
        "-genkeypair -alias service -keyalg EC -dname CN=localhost -ext"
            + " san=ip:127.0.0.1,ip:0:0:0:0:0:0:0:1");
    keytool(keys, "-exportcert -alias service -rfc -file " + certificate);
  }

  private static void keytool(Path store, String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(Arrays.asList(arguments.split(" ")));
    command.addAll(
        List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static SSLContext trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(keys)) {
      trusted.load(in, PASSWORD.toCharArray());
    }
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry("service", trusted.getCertificate("service"));
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(certificates);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  @Test
  void questionsAreAnsweredAndPlainHttpDoesNoHarm() throws Exception {
    try (ServiceFixture service = ServiceFixture.start(new KeyFile(keys, PASSWORD), "vqa-regions");
        HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build()) {
      assertThat(service.url()).startsWith("https://");
      for (int i = 0; i < 3; i++) {
        try (RawClient plain = new RawClient(service.port())) {
          plain.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
          assertThat(plain.response()).doesNotContain("HTTP/1.1 200", "live");
          assertThat(plain.isClosed()).isTrue();
        }
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(URI.create(service.url() + "/v1/answers"))
                    .header("Content-Type", "application/json")
                    .POST(
                        BodyPublishers.ofString(
                            "{\"question\":\"how many rings?\",\"image\":\"%s\"}"
                                .formatted(ServiceFixture.picture())))
                    .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"answers\":[{\"label\":\"1\"");
      }
      assertThat(service.log()).doesNotContain("\"failure\"", "Exception");
    }
  }

  @Test
  void aKeyStoreThatCannotBeUsedIsRefusedAtTheStart() throws Exception {
    assertThat(serve(folder.resolve("missing.p12"))).contains("missing.p12: there is no such file");
    assertThat(serve(folder)).contains(": there is no such file");
    assertThat(serve(certificate)).contains("certificate.pem: cannot be opened as PKCS #12");
    assertThat(serve(keys)) // the environment of tests has no password
        .contains("keys.p12: cannot be opened as PKCS #12")
        .contains("the password in VISUALBERT_TLS_PASSWORD");
    Path keyless = folder.resolve("keyless.p12");
    keytool(keyless, "-importcert -noprompt -alias service -file " + certificate);
    assertThatThrownBy(() -> new KeyFile(keyless, PASSWORD).open())
        .isInstanceOf(InputException.class)
        .hasMessage(keyless + ": expected a certificate with its key, found no key");
  }

  private static String serve(Path keyStore) throws IOException {
    return Cli.run("serve", "--port", "0", "--model", VQA, "--tls-key-store", keyStore)
        .refusal(ExitCode.BAD_INPUT);
  }
}
