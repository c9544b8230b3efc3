package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service as an operator runs it: a process that is started, asked, told to reload, and ended.
 */
class ServeIT {
  private static final String QUESTION = "what is the colour of the ring?";
  private static final Path PICTURE = Program.HOME.resolve("pictures/scene-1.png");
  private static final Pattern READY =
      Pattern.compile("\"event\":\"ready\",\"detail\":\"(http[^\"]+)\"");

  @TempDir private Path folder;

  @Test
  @DisabledOnOs(OS.WINDOWS) // which has no such signals
  void answersAsRunDoesAndEndsWithoutAnError() throws Exception {
    Path errors = folder.resolve("err");
    Process process =
        new ProcessBuilder(Program.LAUNCHER.toString(), "serve", "--port", "0")
            .redirectError(errors.toFile())
            .start();
    CompletableFuture.delayedExecutor(3, TimeUnit.MINUTES) // so that reading its log ends
        .execute(process::destroyForcibly);
    try (BufferedReader log =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        HttpClient client = HttpClient.newHttpClient()) {
      String url = awaitUrl(log);
      String answer = ask(client, url);
      String run =
          Program.run(
                  "run",
                  "--task",
                  "vqa",
                  "--provider",
                  "simd",
                  "--image",
                  PICTURE.toString(),
                  "--question",
                  QUESTION,
                  "--format",
                  "json")
              .out()
              .strip();
      assertThat(answers(answer)).isNotEmpty().isEqualTo(answers(run));

      signal(process, "HUP");
      await(log, "\"event\":\"reloaded\"");
      assertThat(answers(ask(client, url))).isEqualTo(answers(run));

      signal(process, "TERM"); // destroy() would close the log, too
      await(log, "\"event\":\"stopped\"");
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(Files.readString(errors)).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  private static String awaitUrl(BufferedReader log) throws IOException {
    Matcher ready = READY.matcher(await(log, "\"event\":\"ready\""));
    assertThat(ready.find()).isTrue();
    return ready.group(1);
  }

  private static String await(BufferedReader log, String event) throws IOException {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      if (line.contains(event)) {
        return line;
      }
    }
    throw new AssertionError("the service ended before " + event);
  }

  private static String ask(HttpClient client, String url)
      throws IOException, InterruptedException {
    String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(PICTURE));
    HttpResponse<String> reply =
        client.send(
            HttpRequest.newBuilder(URI.create(url + "/v1/answers"))
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"question\":\"%s\",\"image\":\"%s\"}".formatted(QUESTION, picture)))
                .build(),
            BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    return reply.body();
  }

  private static String answers(String json) {
    int begin = json.indexOf("\"answers\":");
    return json.substring(begin, json.indexOf(']', begin));
  }
}
