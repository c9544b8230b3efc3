package io.github.visualbert.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubNameTest {
  @Test
  void readsNamesWithAndWithoutARevision() {
    assertThat(HubName.parse("uclanlp/visualbert-vqa"))
        .isEqualTo(new HubName("uclanlp/visualbert-vqa", "main"))
        .hasToString("uclanlp/visualbert-vqa");
    assertThat(HubName.parse("a/b@refs/pr/1"))
        .isEqualTo(new HubName("a/b", "refs/pr/1"))
        .hasToString("a/b@refs/pr/1");
    assertThat(HubName.parse("A_1/b.c-d@v1.0")).isEqualTo(new HubName("A_1/b.c-d", "v1.0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "/b",
        "a/",
        "a/b/c",
        "a//b",
        "../b",
        "a/..",
        "./b",
        "a/.b",
        "a/b-",
        "-a/b",
        "a--b/c",
        "a..b/c",
        "a/b.git",
        "a b/c",
        "a/b@",
        "a/b@../c",
        "a/b@/c",
        "a/b@c/",
        "a/b@c//d",
        "a/b@c d",
        "a/b@.c",
        "a/b@c/.d",
        "ä/b",
        "a\\b/c",
        "C:/b"
      })
  void refusesWhatIsNoName(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HubName.parse(text))
        .withMessageMatching(
            "'.*' is not (the name of a model on the hub|a revision), expected .*");
  }

  @Test
  void refusesNamesWithoutEnd() {
    assertThatIllegalArgumentException().isThrownBy(() -> HubName.parse("a/" + "b".repeat(95)));
    assertThat(HubName.parse("a/" + "b".repeat(94))).isNotNull();
    assertThatIllegalArgumentException().isThrownBy(() -> HubName.parse("a/b@" + "c".repeat(201)));
  }

  @Test
  void recognisesANameThatWasTakenForAPath() {
    assertThat(HubName.ofPath(Path.of("a/b@refs/pr/1"))).contains(HubName.parse("a/b@refs/pr/1"));
    assertThat(HubName.ofPath(Path.of("/a/b"))).isEmpty();
    assertThat(HubName.ofPath(Path.of("a"))).isEmpty();
    assertThat(HubName.ofPath(Path.of("../b"))).isEmpty();
    assertThat(HubName.ofPath(Path.of("a/b/c"))).isEmpty();
  }
}
