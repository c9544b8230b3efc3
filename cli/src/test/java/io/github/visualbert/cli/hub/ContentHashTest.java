package io.github.visualbert.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentHashTest {
  private static final String GIT = "ce013625030ba8dba906f756967f9e9ca394464a"; // of "hello\n"
  private static final String SHA_256 =
      "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

  @ParameterizedTest
  @ValueSource(strings = {GIT, SHA_256})
  void agreesWithGitAndSha256sum(String hex, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("hello"), "hello\n");
    ContentHash hash = new ContentHash(hex);
    assertThat(hash.of(file)).isEqualTo(hash);
    Files.writeString(file, "hello!");
    assertThat(hash.of(file)).isNotEqualTo(hash);
  }

  @Test
  void readsStrongAndWeakTags() {
    for (String etag : new String[] {GIT, '"' + GIT + '"', "W/\"" + GIT + '"'}) {
      assertThat(ContentHash.ofEtag(etag)).as(etag).contains(new ContentHash(GIT));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"\"",
        "abc",
        "\"../../x\"",
        "\"0123456789abcdef0123456789abcdef\"",
        GIT + "0"
      })
  void refusesOtherTags(String etag) {
    assertThat(ContentHash.ofEtag(etag)).isEmpty();
    assertThat(ContentHash.ofEtag(SHA_256.toUpperCase())).isEmpty(); // would be another file's name
  }
}
