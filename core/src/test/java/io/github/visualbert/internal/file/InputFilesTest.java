package io.github.visualbert.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputFilesTest {
  @TempDir Path folder;

  private static void refused(
      ThrowingCallable read, Class<? extends VisualBertException> type, Kind kind, String message) {
    assertThatThrownBy(read)
        .isExactlyInstanceOf(type)
        .hasMessage(message)
        .extracting(e -> ((VisualBertException) e).kind())
        .isEqualTo(kind);
  }

  @Test
  void aFileMayHaveAsManyBytesAsTheLimit() throws IOException {
    byte[] bytes = {1, 2, 3, 4};
    Path file = Files.write(folder.resolve("four"), bytes);
    assertThat(InputFiles.read(file, "numbers", 4)).isEqualTo(bytes);
    assertThat(InputFiles.readOfModel(file, "numbers", 5)).isEqualTo(bytes);
    assertThat(InputFiles.read(Files.createFile(folder.resolve("none")), "numbers", 0)).isEmpty();
  }

  @Test
  void aLargerFileIsNamedWithItsSizeAndTheLimit() throws IOException {
    Path file = Files.write(folder.resolve("four"), new byte[4]);
    String message = file + ": expected numbers of at most 3 bytes, found 4";
    refused(
        () -> InputFiles.read(file, "numbers", 3), InputException.class, Kind.UNSUPPORTED, message);
    refused(
        () -> InputFiles.readOfModel(file, "numbers", 3),
        ModelException.class,
        Kind.UNSUPPORTED,
        message);
  }

  @Test
  void aFileThatNoArrayHoldsIsNotReadAtAll() {
    Path file = TestData.sparse(folder.resolve("large"), 1L << 40);
    refused(
        () -> InputFiles.read(file, "a picture", Integer.MAX_VALUE),
        InputException.class,
        Kind.UNSUPPORTED,
        file + ": expected a picture of at most 2147483647 bytes, found 1099511627776");
  }

  @Test
  void whatHasNoSizeIsReadUpToTheLimit() {
    Path zeros = Path.of("/dev/zero");
    assumeTrue(Files.exists(zeros));
    refused(
        () -> InputFiles.read(zeros, "a picture", 1000),
        InputException.class,
        Kind.UNSUPPORTED,
        "/dev/zero: expected a picture of at most 1000 bytes, found more");
  }

  @Test
  void whatIsNoFileIsNamed() {
    Path absent = folder.resolve("absent");
    refused(
        () -> InputFiles.readOfModel(absent, "a vocabulary", 9),
        ModelException.class,
        Kind.UNREADABLE,
        absent + ": expected a vocabulary, found no such file");
    refused(
        () -> InputFiles.read(folder, "a picture", 1 << 20),
        InputException.class,
        Kind.UNREADABLE,
        folder + ": expected a picture, found a folder");
  }

  @Test
  void aNameIsToldOnce() {
    Path file = folder.resolve("n".repeat(300));
    refused(
        () -> InputFiles.read(file, "a picture", 9),
        InputException.class,
        Kind.UNREADABLE,
        file + ": cannot be read (File name too long)");
    String name = file.toString();
    assertThat(InputFiles.reason(new AccessDeniedException(name))).isEqualTo("permission denied");
    assertThat(InputFiles.reason(new FileSystemLoopException(name)))
        .isEqualTo("FileSystemLoopException");
    assertThat(InputFiles.reason(new FileNotFoundException("a (b) (Too many open files)")))
        .isEqualTo("Too many open files");
    assertThat(InputFiles.reason(new IOException("Input/output error")))
        .isEqualTo("Input/output error");
    assertThat(InputFiles.reason(new EOFException())).isEqualTo("java.io.EOFException");
  }

  @Test
  void aNameThatIsNotUtf8IsNoPath() {
    Path file = folder.resolve("\ufffd.png"); // as Java reads a name in another encoding
    refused(
        () -> InputFiles.read(file, "a picture", 9),
        InputException.class,
        Kind.UNREADABLE,
        file
            + ": expected a picture, found no such file; a file whose name is not UTF-8 cannot be"
            + " opened, so give it another name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://a.org/b.txt", "FILE:///b.txt", "file:b/c", "s3://b/c.txt"})
  void aUrlIsNoPath(String url) {
    Path path = Path.of(url);
    boolean isUrl = url.contains(":/");
    String advice = url.startsWith("FILE:") ? "give its path without file:" : "download it first";
    refused(
        () -> InputFiles.read(path, "labels", 9),
        InputException.class,
        Kind.UNREADABLE,
        path
            + (isUrl
                ? ": expected the path of labels, found a URL; " + advice
                : ": expected labels, found no such file"));
  }
}
