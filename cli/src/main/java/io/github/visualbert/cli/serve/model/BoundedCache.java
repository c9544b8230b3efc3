package io.github.visualbert.cli.serve.model;

import io.github.visualbert.cli.serve.http.ClientGoneException;
import io.github.visualbert.cli.serve.http.Problem;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Values in bounded memory, the least recently used dropped first. A value that several ask for at
 * once is computed once. Thread-safe.
 */
final class BoundedCache<K, V> {
  private final long limit;
  private final ToLongFunction<V> bytesOf;
  private final Map<K, V> values = new LinkedHashMap<>(16, 0.75f, true); // guarded by this
  private final Map<K, CompletableFuture<V>> running = new HashMap<>(); // guarded by this
  private long bytes; // guarded by this, as are the counts
  private long hits;
  private long misses;
  private long evictions;

  /**
   * Makes an empty cache.
   *
   * @param limit the most bytes
   */
  BoundedCache(long limit, ToLongFunction<V> bytesOf) {
    this.limit = limit;
    this.bytesOf = bytesOf;
  }

  /** Returns a value that is there. */
  synchronized Optional<V> get(K key) {
    Optional<V> value = Optional.ofNullable(values.get(key));
    if (value.isPresent()) {
      hits++;
    }
    return value;
  }

  /** Returns a value, computed unless it is there or another computes it already. */
  V get(K key, Supplier<V> compute) {
    while (true) {
      CompletableFuture<V> mine = new CompletableFuture<>();
      CompletableFuture<V> others;
      synchronized (this) {
        V there = values.get(key);
        if (there != null) {
          hits++;
          return there;
        }
        others = running.putIfAbsent(key, mine);
        if (others == null) {
          misses++;
        }
      }
      if (others == null) {
        return compute(key, compute, mine);
      }
      try {
        return others.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof ClientGoneException || e.getCause() instanceof Problem) {
          continue; // that request was given up, this one was not
        }
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  }

  private V compute(K key, Supplier<V> compute, CompletableFuture<V> result) {
    try {
      V value = compute.get();
      put(key, value);
      result.complete(value);
      return value;
    } catch (Throwable e) {
      result.completeExceptionally(e);
      throw e;
    } finally {
      synchronized (this) {
        running.remove(key);
      }
    }
  }

  /** Keeps a value, unless it alone is larger than the cache. */
  synchronized void put(K key, V value) {
    long size = bytesOf.applyAsLong(value);
    if (size > limit) {
      return;
    }
    remove(key);
    values.put(key, value);
    bytes += size;
    Iterator<V> oldest = values.values().iterator();
    while (bytes > limit) {
      bytes -= bytesOf.applyAsLong(oldest.next());
      oldest.remove();
      evictions++;
    }
  }

  /** Forgets a value. */
  synchronized boolean remove(K key) {
    V old = values.remove(key);
    if (old != null) {
      bytes -= bytesOf.applyAsLong(old);
    }
    return old != null;
  }

  /** Forgets the values of some keys. */
  synchronized boolean removeIf(Predicate<K> gone) {
    boolean any = false;
    Iterator<Map.Entry<K, V>> entries = values.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<K, V> entry = entries.next();
      if (gone.test(entry.getKey())) {
        bytes -= bytesOf.applyAsLong(entry.getValue());
        entries.remove();
        any = true;
      }
    }
    return any;
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized int entries() {
    return values.size();
  }

  synchronized long hits() {
    return hits;
  }

  synchronized long misses() {
    return misses;
  }

  synchronized long evictions() {
    return evictions;
  }
}
