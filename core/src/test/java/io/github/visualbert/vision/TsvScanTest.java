package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of a TSV file whose pictures are asked for in any order. */
class TsvScanTest {
  private static final int PICTURES = 300;
  private static final int NUMBERS = 100;

  @TempDir private Path folder;

  private static String line(int picture) {
    ByteBuffer floats = ByteBuffer.allocate(4 * NUMBERS).order(ByteOrder.LITTLE_ENDIAN);
    while (floats.hasRemaining()) {
      floats.putFloat(picture);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return "picture-%d\t4\t4\t1\t%s\t%s\n"
        .formatted(
            picture, base64.encodeToString(new byte[16]), base64.encodeToString(floats.array()));
  }

  private Path write(int pictures, String last) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < pictures; i++) {
      lines.append(line(i));
    }
    return Files.writeString(folder.resolve("many.tsv"), lines + last);
  }

  @Test
  void scansTheFileOnce() throws IOException {
    Path path = write(PICTURES, "");
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(1));
    CountingChannel channel = new CountingChannel(Files.newByteChannel(path));
    try (TsvFeatureFile file = new TsvFeatureFile(path, channel)) {
      for (int picture : order) {
        String name = picture % 2 == 0 ? "picture-" + picture : "#" + picture;
        assertThat(file.read(name).get(0, 0)).isEqualTo(picture);
      }
      for (int i = 0; i < PICTURES; i++) {
        assertThatThrownBy(() -> file.read("another")).isInstanceOf(InputException.class);
      }
    }
    assertThat(channel.bytes)
        .as("bytes read: to find the lines, and of each line")
        .isLessThanOrEqualTo(2 * Files.size(path));
  }

  @Test
  void anInvalidLineEndsTheScan() throws IOException {
    Path path = write(2, "bad\tline\n" + line(7));
    try (FeatureFile file = FeatureFile.open(path)) {
      for (int i = 0; i < 3; i++) { // the answer does not depend on earlier ones
        assertThatThrownBy(() -> file.read("picture-7"))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("line 3: expected 6 columns, found 2");
        assertThat(file.read("picture-1").get(0, 0)).isEqualTo(1);
      }
    }
  }

  /** Counts the bytes that are read. */
  private static final class CountingChannel implements SeekableByteChannel {
    private final SeekableByteChannel channel;
    private long bytes;

    CountingChannel(SeekableByteChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      int count = channel.read(to);
      bytes += Math.max(0, count);
      return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return channel.write(from);
    }

    @Override
    public long position() throws IOException {
      return channel.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      channel.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      channel.truncate(size);
      return this;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
