package io.github.visualbert.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Scratch memory of one forward pass: allocation moves a mark, release moves it back.
 *
 * <p>The first pass grows the workspace; {@link #reset} then joins what was taken into one block,
 * so that later passes of the same size allocate nothing: no native memory, and no objects, since
 * views and the {@linkplain #kept objects of operations} are reused. Contents are undefined. Not
 * thread-safe: one thread allocates, others may write to the memory that it hands them.
 */
public final class Workspace implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final long SMALLEST_BLOCK = 1 << 20;

  /**
   * The most views that are kept: a pass uses about twenty, so these serve a dozen batch shapes.
   */
  private static final int VIEWS = 256;

  private final List<Arena> arenas = new ArrayList<>();

  /** Views on the newest block: a hash table with linear probing, at least half empty. */
  private final Matrix[] views = new Matrix[2 * VIEWS];

  private int viewCount;

  private final List<Object> kept = new ArrayList<>();
  private float[][] arrays = {};
  private MemorySegment block = MemorySegment.NULL;
  private long used;
  private long usedInEarlierBlocks;
  private long peak;
  private volatile long bytes; // of all blocks

  /**
   * Returns a matrix whose contents are undefined, valid until the {@link #reset} or {@link
   * #release} that covers it.
   *
   * <p>A matrix of the same shape at the same place is the same object.
   */
  public Matrix matrix(int rows, int columns, Matrix.Layout layout) {
    long count = Matrix.floats(rows, columns, layout);
    long at = take(count);
    int slot = Math.floorMod(31 * (31 * (31 * (at / ALIGNMENT) + rows) + columns), views.length);
    while (views[slot] != null) {
      if (views[slot].isAt(block.address() + at, rows, columns, layout)) {
        return views[slot];
      }
      slot = (slot + 1) % views.length;
    }
    Matrix matrix = new Matrix(block.asSlice(at, count * Float.BYTES), rows, columns, layout);
    if (viewCount == VIEWS) {
      forgetViews();
    }
    views[slot] = matrix;
    viewCount++;
    return matrix;
  }

  /** Returns {@code count} floats, aligned to 64 bytes, contents undefined. */
  public MemorySegment floats(long count) {
    if (count == (int) count) {
      return matrix(1, (int) count, Matrix.Layout.ROWS).data();
    }
    long at = take(count); // may change the block
    return block.asSlice(at, count * Float.BYTES);
  }

  /** Allocates {@code count} floats and returns their offset in the newest block, in bytes. */
  private long take(long count) {
    long bytes = (Math.multiplyExact(count, (long) Float.BYTES) + ALIGNMENT - 1) & -ALIGNMENT;
    if (used + bytes > block.byteSize()) {
      usedInEarlierBlocks += used;
      // At least doubles the workspace, so that a first pass takes few blocks.
      open(Math.max(bytes, Math.max(SMALLEST_BLOCK, usedInEarlierBlocks)));
    }
    long at = used;
    used += bytes;
    peak = Math.max(peak, usedInEarlierBlocks + used);
    return at;
  }

  private void open(long size) {
    Arena arena = Arena.ofShared();
    arenas.add(arena);
    block = arena.allocate(size, ALIGNMENT);
    bytes = bytes + size;
    used = 0;
    forgetViews();
  }

  private void forgetViews() {
    Arrays.fill(views, null);
    viewCount = 0;
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

  /**
   * Returns this workspace's instance of a class: the object that tells the workers what to do,
   * which an operation would otherwise make at every call.
   *
   * <p>Marks and {@link #reset} leave it alone. One operation at a time uses it, and sets every
   * field.
   *
   * @param make makes the instance at the first call
   */
  public <T> T kept(Class<T> type, Supplier<T> make) {
    for (int i = 0; i < kept.size(); i++) {
      if (kept.get(i).getClass() == type) {
        return type.cast(kept.get(i));
      }
    }
    T made = make.get();
    kept.add(made);
    return made;
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

  /** Returns the most bytes that were allocated at once since the workspace was made or closed. */
  public long peak() {
    return peak;
  }

  /** Returns the native memory that the workspace holds, in bytes. For any thread. */
  long bytes() {
    return bytes;
  }

  /** Gives back everything, and joins the blocks into one that would have held it all. */
  public void reset() {
    if (arenas.size() > 1) {
      closeArenas();
      open(peak);
    }
    used = 0;
    usedInEarlierBlocks = 0;
  }

  /** Frees the memory; the workspace may be used again and starts empty. */
  @Override
  public void close() {
    closeArenas();
    forgetViews();
    kept.clear();
    arrays = new float[0][];
    block = MemorySegment.NULL;
    used = 0;
    usedInEarlierBlocks = 0;
    peak = 0;
  }

  private void closeArenas() {
    arenas.forEach(Arena::close);
    arenas.clear();
    bytes = 0;
  }
}
