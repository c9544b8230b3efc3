package io.github.visualbert.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Scratch memory of one forward pass: allocation moves a mark, release moves it back.
 *
 * <p>The first pass grows the workspace; {@link #reset} then joins what was taken into one block,
 * so that later passes of the same size allocate nothing. Contents are undefined. Not thread-safe:
 * one thread allocates, though others may write to what it hands them.
 */
public final class Workspace implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final long SMALLEST_BLOCK = 1 << 20;

  private final List<Arena> arenas = new ArrayList<>();
  private float[][] arrays = {};
  private MemorySegment block = MemorySegment.NULL;
  private long used;
  private long usedInEarlierBlocks;
  private long peak;

  /**
   * Returns a matrix whose contents are undefined, valid until the {@link #reset} or {@link
   * #release} that covers it.
   */
  public Matrix matrix(int rows, int columns, Matrix.Layout layout) {
    return new Matrix(floats(Matrix.floats(rows, columns, layout)), rows, columns, layout);
  }

  /** Returns room for {@code count} floats, aligned to 64 bytes, contents undefined. */
  public MemorySegment floats(long count) {
    long bytes = (Math.multiplyExact(count, (long) Float.BYTES) + ALIGNMENT - 1) & -ALIGNMENT;
    if (used + bytes > block.byteSize()) {
      usedInEarlierBlocks += used;
      Arena arena = Arena.ofShared();
      arenas.add(arena);
      // At least as much again as there is, so that a first pass takes few blocks.
      long size = Math.max(bytes, Math.max(SMALLEST_BLOCK, usedInEarlierBlocks));
      block = arena.allocate(size, ALIGNMENT);
      used = 0;
    }
    MemorySegment taken = block.asSlice(used, count * Float.BYTES);
    used += bytes;
    peak = Math.max(peak, usedInEarlierBlocks + used);
    return taken;
  }

  /**
   * Returns {@code count} arrays of at least {@code length} floats each, contents undefined: heap
   * scratch, one array for each worker.
   *
   * <p>Every call hands out the same arrays, replaced only when they are too short or too few, so
   * they serve one operation at a time. Marks and {@link #reset} leave them alone.
   */
  public float[][] arrays(int count, int length) {
    if (arrays.length < count || arrays.length > 0 && arrays[0].length < length) {
      int longest = Math.max(length, arrays.length == 0 ? 0 : arrays[0].length);
      arrays = new float[Math.max(count, arrays.length)][longest];
    }
    return arrays;
  }

  /** Returns a mark for {@link #release}. */
  public long mark() {
    return usedInEarlierBlocks + used;
  }

  /**
   * Gives back everything allocated since the mark was taken. What lies in a block older than the
   * newest stays taken until {@link #reset}.
   */
  public void release(long mark) {
    used = Math.max(mark - usedInEarlierBlocks, 0);
  }

  /** Returns how many bytes were taken at once, at most, since the workspace was made or closed. */
  public long peak() {
    return peak;
  }

  /** Gives back everything, and joins the blocks into one that would have held it all. */
  public void reset() {
    if (arenas.size() > 1) {
      closeArenas();
      Arena arena = Arena.ofShared();
      arenas.add(arena);
      block = arena.allocate(peak, ALIGNMENT);
    }
    used = 0;
    usedInEarlierBlocks = 0;
  }

  /** Frees the memory; the workspace may be used again and starts empty. */
  @Override
  public void close() {
    closeArenas();
    arrays = new float[0][];
    block = MemorySegment.NULL;
    used = 0;
    usedInEarlierBlocks = 0;
    peak = 0;
  }

  private void closeArenas() {
    arenas.forEach(Arena::close);
    arenas.clear();
  }
}
