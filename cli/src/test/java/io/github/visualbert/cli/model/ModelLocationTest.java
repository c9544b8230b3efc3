package io.github.visualbert.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.cli.hub.HubEnvironment;
import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLocationTest {
  private static final String COMMIT = "1234567890abcdef1234567890abcdef12345678";

  @TempDir private Path root;

  private HubEnvironment environment;
  private Path snapshot;

  @BeforeEach
  void fillTheCache() throws IOException {
    environment = new HubEnvironment(Map.of("HF_HUB_CACHE", root.toString()), root);
    Path model = root.resolve("models--owner--model");
    snapshot = Files.createDirectories(model.resolve("snapshots").resolve(COMMIT));
    Files.createDirectories(model.resolve("refs"));
    Files.writeString(model.resolve("refs/main"), COMMIT);
  }

  @Test
  void returnsAFolderAsIs() {
    assertThat(ModelLocation.require(snapshot, environment)).isEqualTo(snapshot);
    assertThat(ModelLocation.require(Path.of("src/main"), environment))
        .isEqualTo(Path.of("src/main"));
  }

  @Test
  void findsAHubModelInTheCache() {
    for (String name : new String[] {"owner/model", "owner/model@main", "owner/model@" + COMMIT}) {
      assertThat(ModelLocation.require(Path.of(name), environment)).as(name).isEqualTo(snapshot);
    }
  }

  @Test
  void saysHowToFetchAMissingModel() {
    assertThatThrownBy(() -> ModelLocation.require(Path.of("owner/other@v1"), environment))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "owner/other@v1: no such folder, and not in the cache %s; to fetch the model of that"
                    .formatted(root)
                + " name from the hub, run 'visualbert pull owner/other@v1'");
  }

  @Test
  void refusesAFileAndAnInvalidName() throws IOException {
    Path file = Files.createFile(root.resolve("file"));
    assertThatThrownBy(() -> ModelLocation.require(file, environment))
        .hasMessage(
            file
                + ": expected a model folder, found a file; `visualbert convert FILE FOLDER` makes"
                + " a folder of weights");
    for (String name : new String[] {"no-such-folder", "../no/such", "/no/such"}) {
      assertThatThrownBy(() -> ModelLocation.require(Path.of(name), environment))
          .hasMessage(name + ": expected a model folder, found no such folder");
    }
    assertThatThrownBy(
            () -> ModelLocation.require(Path.of("https://a.org/owner/model"), environment))
        .hasMessageEndingWith(
            "a.org/owner/model: expected a path or the name of a model, found a URL; 'visualbert"
                + " pull OWNER/MODEL' fetches a model of the hub");
  }
}
