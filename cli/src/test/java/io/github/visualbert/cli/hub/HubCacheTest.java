package io.github.visualbert.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubCacheTest {
  private static final String COMMIT = "1234567890abcdef1234567890abcdef12345678";
  private static final ContentHash HASH = new ContentHash("f".repeat(40));

  @TempDir private Path root;

  private HubCache cache(String... more) {
    return new HubCache(
        new HubEnvironment(
            more.length == 0
                ? Map.of("HF_HUB_CACHE", root.toString())
                : Map.of("HF_HUB_CACHE", root.toString(), more[0], more[1]),
            root),
        "owner/model");
  }

  private Path blob(String content) throws IOException {
    Path blob = cache().blob(HASH);
    Files.createDirectories(blob.getParent());
    return Files.writeString(blob, content);
  }

  @Test
  void findsARevisionByItsBranchAndByItsCommit() throws IOException {
    assertThat(cache().find("main")).isEmpty();
    assertThat(cache().find(COMMIT)).isEmpty();
    blob("content");
    cache().place(HASH, COMMIT, new RepoPath("config.json"));
    assertThat(cache().find("main")).isEmpty();
    cache().writeRef("main", COMMIT);
    cache().writeRef("a/b", COMMIT);
    Optional<Path> folder = Optional.of(root.resolve("models--owner--model/snapshots/" + COMMIT));
    assertThat(cache().find("main")).isEqualTo(folder);
    assertThat(cache().find("a/b")).isEqualTo(folder);
    assertThat(cache().find("a")).isEmpty();
    assertThat(cache().find(COMMIT)).isEqualTo(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../elsewhere", "", "main"})
  void trustsNoRefThatIsNoCommit(String content) throws IOException {
    Files.createDirectories(root.resolve("models--owner--model/refs"));
    Files.createDirectories(root.resolve("elsewhere"));
    Files.writeString(root.resolve("models--owner--model/refs/main"), content);
    assertThat(cache().find("main")).isEmpty();
  }

  @Test
  void readsARefWithANewline() throws IOException {
    Files.createDirectories(root.resolve("models--owner--model/refs"));
    Files.createDirectories(root.resolve("models--owner--model/snapshots/" + COMMIT));
    Files.writeString(root.resolve("models--owner--model/refs/main"), COMMIT + "\n");
    assertThat(cache().find("main")).isPresent();
  }

  @Test
  void makesNoSymbolicLinksWhereTheyAreUnwanted() throws IOException {
    Path blob = blob("content");
    cache("HF_HUB_DISABLE_SYMLINKS", "1").place(HASH, COMMIT, new RepoPath("a/b.txt"));
    Path file = cache().snapshot(COMMIT).resolve("a/b.txt");
    assertThat(file).hasContent("content").isRegularFile();
    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(Files.isSameFile(file, blob)).isTrue(); // a hard link
  }

  @ParameterizedTest
  @EnumSource
  void placesAFileInEveryWay(Placement placement) throws IOException {
    Path blob = blob("content");
    Path target = cache().snapshot(COMMIT).resolve("file");
    Files.createDirectories(target.getParent());
    placement.place(blob, target);
    assertThat(target).hasContent("content");
    placement.place(blob, target); // there already
    assertThat(target).hasContent("content");
    assertThat(Cache.filesBelow(target.getParent())).containsExactly("file");
  }

  @Test
  void copiesWhereThereAreNoLinks() throws IOException {
    try (FileSystem zip =
        FileSystems.newFileSystem(root.resolve("no-links.zip"), Map.of("create", "true"))) {
      Path blob = Files.writeString(zip.getPath("/blob"), "content");
      Path target = zip.getPath("/file");
      Placement.SYMBOLIC_LINK.place(blob, target);
      assertThat(target).hasContent("content");
      assertThat(Cache.filesBelow(zip.getPath("/"))).containsExactly("blob", "file");
    }
  }

  @Test
  void addsAUsersFileInPlaceOfALink() throws IOException {
    Path blob = blob("content");
    cache().place(HASH, COMMIT, new RepoPath("vocab.txt"));
    Path mine = Files.writeString(root.resolve("mine.txt"), "mine");
    Path added = cache().add(mine, COMMIT, "vocab.txt");
    assertThat(added).hasContent("mine").isEqualTo(cache().snapshot(COMMIT).resolve("vocab.txt"));
    assertThat(Files.isSymbolicLink(added)).isFalse();
    assertThat(blob).hasContent("content");
    assertThat(Cache.filesBelow(added.getParent())).containsExactly("vocab.txt");
  }

  @Test
  void refusesANameThatNoFileCanHave() throws IOException {
    RepoPath tooLong = new RepoPath("x".repeat(300));
    blob("content");
    assertThatThrownBy(() -> cache().place(HASH, COMMIT, tooLong)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new RepoPath("x".repeat(1025))).isInstanceOf(ModelException.class);
    assertThat(new RepoPath("ab:c/d.e-f g").in(root))
        .isEqualTo(root.resolve("ab:c").resolve("d.e-f g"));
  }
}
