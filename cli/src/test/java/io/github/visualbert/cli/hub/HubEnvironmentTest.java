package io.github.visualbert.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubEnvironmentTest {
  @TempDir private Path home;

  private HubEnvironment environment(String... variables) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      map.put(variables[i], variables[i + 1]);
    }
    return new HubEnvironment(map, home);
  }

  @Test
  void findsTheCacheWhereTheHubsOwnToolsDo() {
    assertThat(environment().cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
    assertThat(environment("XDG_CACHE_HOME", "/x").cache())
        .isEqualTo(Path.of("/x/huggingface/hub"));
    assertThat(environment("XDG_CACHE_HOME", "/x", "HF_HOME", "/h").cache())
        .isEqualTo(Path.of("/h/hub"));
    assertThat(environment("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/c").cache())
        .isEqualTo(Path.of("/c"));
    assertThat(environment("HUGGINGFACE_HUB_CACHE", "/c", "HF_HUB_CACHE", "/d").cache())
        .isEqualTo(Path.of("/d"));
    assertThat(environment("HF_HOME", "~/h").cache()).isEqualTo(home.resolve("h/hub"));
    assertThat(environment("HF_HUB_CACHE", "~").cache()).isEqualTo(home);
    assertThat(environment("HF_HOME", "").cache())
        .isEqualTo(home.resolve(".cache/huggingface/hub"));
  }

  @Test
  void takesTheAddressOfTheHub() {
    assertThat(environment().endpoint()).hasToString("https://huggingface.co");
    assertThat(environment("HF_ENDPOINT", "https://mirror.example/hf/").endpoint())
        .hasToString("https://mirror.example/hf");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mirror.example",
        "file:///x",
        "https://",
        "https://a b",
        "https://me:pw@x",
        "https://x?y"
      })
  void refusesWhatIsNoAddress(String endpoint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> environment("HF_ENDPOINT", endpoint).endpoint())
        .withMessage(
            "HF_ENDPOINT is '%s', expected an address like https://huggingface.co", endpoint);
  }

  @Test
  void readsTheTokenFromItsVariableOrItsFile() throws IOException {
    assertThat(environment().token()).isEmpty();
    Files.writeString(home.resolve("token"), " hf_file\n");
    Files.writeString(home.resolve("other"), "\ufeffhf_other");
    String folder = home.toString();
    assertThat(environment("HF_HOME", folder).token()).contains("hf_file");
    assertThat(environment("HF_HOME", folder, "HF_TOKEN_PATH", folder + "/other").token())
        .contains("hf_other");
    assertThat(environment("HF_HOME", folder, "HUGGING_FACE_HUB_TOKEN", "hf_old").token())
        .contains("hf_old");
    assertThat(environment("HUGGING_FACE_HUB_TOKEN", "hf_old", "HF_TOKEN", "hf_new").token())
        .contains("hf_new");
    assertThat(environment("HF_HOME", folder, "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").token())
        .isEmpty();
  }

  @Test
  void refusesATokenThatWouldForgeAHeaderAndDoesNotRepeatIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> environment("HF_TOKEN", "hf_secret\r\nX: y").token())
        .withMessageContaining("is not a single word of ASCII")
        .withMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({"1,true", "true,true", "YES,true", "on,true", "0,false", "false,false", "'',false"})
  void understandsSwitches(String value, boolean expected) {
    assertThat(environment("HF_HUB_OFFLINE", value).offline()).isEqualTo(expected);
    assertThat(environment("TRANSFORMERS_OFFLINE", value).offline()).isEqualTo(expected);
    assertThat(environment("HF_HUB_DISABLE_SYMLINKS", value).symbolicLinks()).isEqualTo(!expected);
  }

  @Test
  void theVariableHomeGoesBeforeTheUsersEntry() {
    assertThat(HubEnvironment.home(Map.of("HOME", "/srv/models")))
        .isEqualTo(Path.of("/srv/models"));
    Path entry = Path.of(System.getProperty("user.home"));
    assertThat(HubEnvironment.home(Map.of("HOME", " "))).isEqualTo(entry);
    assertThat(HubEnvironment.home(Map.of())).isEqualTo(entry);
  }
}
