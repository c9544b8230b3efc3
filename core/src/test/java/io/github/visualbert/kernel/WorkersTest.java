package io.github.visualbert.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {

  @Test
  void everyChunkRunsOnceAndIsDoneOnReturn() {
    for (int count : new int[] {1, 2, 3, 8}) {
      try (Workers workers = Workers.of(count)) {
        for (int round = 0; round < 3000; round++) {
          checkEveryChunk(workers, round % 41);
        }
      }
    }
  }

  private static void checkEveryChunk(Workers workers, int chunks) {
    int[] runs = new int[chunks]; // plain, as results are: the return must make them visible
    AtomicIntegerArray inUse = new AtomicIntegerArray(workers.count());
    workers.forEach(
        chunks,
        (chunk, worker) -> {
          assertThat(inUse.incrementAndGet(worker)).isEqualTo(1);
          runs[chunk]++;
          inUse.decrementAndGet(worker);
        });
    assertThat(runs).containsOnly(ones(chunks));
  }

  private static int[] ones(int chunks) {
    return chunks == 0 ? new int[0] : new int[] {1};
  }

  @Test
  void theThreadsDoTakePart() throws Exception {
    try (Workers workers = Workers.of(3)) {
      CountDownLatch all = new CountDownLatch(3);
      Set<Integer> numbers = ConcurrentHashMap.newKeySet();
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      workers.forEach(
          3,
          (chunk, worker) -> {
            numbers.add(worker);
            threads.add(Thread.currentThread());
            all.countDown();
            await(all); // nobody can take a second chunk
          });
      assertThat(numbers).containsExactlyInAnyOrder(0, 1, 2);
      assertThat(threads).hasSize(3).contains(Thread.currentThread());
      threads.remove(Thread.currentThread());
      assertThat(threads).allMatch(Thread::isDaemon);
    }
  }

  @Test
  void everyWorkerBeginsWithARangeOfItsOwn() {
    try (Workers workers = Workers.of(3)) {
      CountDownLatch all = new CountDownLatch(3);
      Map<Integer, Integer> first = new ConcurrentHashMap<>();
      workers.forEach(
          10,
          (chunk, worker) -> {
            first.putIfAbsent(worker, chunk);
            all.countDown();
            await(all); // everyone has begun
          });
      assertThat(first).isEqualTo(Map.of(0, 0, 1, 3, 2, 6));
    }
  }

  @Test
  void theThreadsSleepWhenThereIsNothingToDoAndWakeAgain() throws Exception {
    try (Workers workers = Workers.of(3)) {
      Set<Thread> helpers = helpersOf(workers);
      for (int round = 0; round < 5; round++) {
        for (Thread helper : helpers) {
          awaitState(helper, Thread.State.WAITING);
        }
        assertThat(helpersOf(workers)).isEqualTo(helpers);
      }
    }
  }

  @Test
  void aWorkerThatIsAwayDelaysNothingButItsChunk() {
    List<Runnable> neverRun = new ArrayList<>();
    try (Workers workers = Workers.on(neverRun::add, 4)) {
      for (int round = 0; round < 10; round++) {
        checkEveryChunk(workers, 9);
      }
    }
    assertThat(neverRun).as("asked once each, not once per operation").hasSize(3);
  }

  @Test
  void aWorkerThatComesLateFindsNothingToDo() {
    List<Runnable> late = new ArrayList<>();
    try (Workers workers = Workers.on(late::add, 2)) {
      checkEveryChunk(workers, 9);
      late.removeFirst().run();
      checkEveryChunk(workers, 9);
      assertThat(late).as("asked again").hasSize(1);
    }
  }

  @Test
  void manyCallersShareTheWorkers() throws Exception {
    try (Workers workers = Workers.of(4);
        ExecutorService callers = Executors.newFixedThreadPool(6)) {
      List<Future<?>> all = new ArrayList<>();
      for (int caller = 0; caller < 6; caller++) {
        all.add(
            callers.submit(
                () -> {
                  for (int round = 0; round < 2000; round++) {
                    checkEveryChunk(workers, round % 17);
                  }
                }));
      }
      for (Future<?> caller : all) {
        caller.get();
      }
    }
  }

  @Test
  void aTaskMayCallForEachItself() {
    try (Workers workers = Workers.of(3);
        Workers others = Workers.of(2)) {
      AtomicInteger runs = new AtomicInteger();
      for (int round = 0; round < 200; round++) {
        workers.forEach(
            7,
            (chunk, worker) ->
                others.forEach(
                    3, (c, w) -> workers.forEach(5, (innermost, alone) -> runs.incrementAndGet())));
      }
      assertThat(runs).hasValue(200 * 7 * 3 * 5);
    }
  }

  @Test
  void theFirstFailureReachesTheCallerWhenNothingRunsAnyMore() {
    for (int count : new int[] {1, 2, 5}) {
      try (Workers workers = Workers.of(count)) {
        for (int round = 0; round < 1000; round++) {
          int bad = round % 23;
          AtomicInteger running = new AtomicInteger();
          assertThatThrownBy(
                  () ->
                      workers.forEach(
                          23,
                          (chunk, worker) -> {
                            running.incrementAndGet();
                            try {
                              if (chunk == bad) {
                                throw new IllegalStateException("chunk " + chunk);
                              }
                            } finally {
                              running.decrementAndGet();
                            }
                          }))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("chunk " + bad);
          assertThat(running).hasValue(0);
          checkEveryChunk(workers, 5);
        }
      }
    }
  }

  @Test
  void chunksAfterAFailureAreLeftOut() {
    try (Workers workers = Workers.of(2)) {
      AtomicInteger runs = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  workers.forEach(
                      1_000_000_000,
                      (chunk, worker) -> {
                        runs.incrementAndGet();
                        throw new IllegalStateException();
                      }))
          .isInstanceOf(IllegalStateException.class);
      assertThat(runs.get()).isBetween(1, 2);
    }
  }

  @Test
  void allMayFailAtOnceAndErrorsPassAsTheyAre() {
    try (Workers workers = Workers.of(4)) {
      for (int round = 0; round < 500; round++) {
        assertThatThrownBy(
                () ->
                    workers.forEach(
                        50,
                        (chunk, worker) -> {
                          throw new StackOverflowError();
                        }))
            .isInstanceOf(StackOverflowError.class);
      }
      IOException checked = new IOException();
      assertThatThrownBy(() -> workers.forEach(2, (chunk, worker) -> sneak(checked)))
          .isInstanceOf(UndeclaredThrowableException.class)
          .hasCause(checked);
    }
  }

  @Test
  void anInterruptNeitherEndsTheWorkNorGetsLost() throws Exception {
    try (Workers workers = Workers.of(2)) {
      CountDownLatch both = new CountDownLatch(2);
      Thread caller = Thread.currentThread();
      AtomicInteger done = new AtomicInteger();
      AtomicReference<Thread> helper = new AtomicReference<>();
      workers.forEach(
          2,
          (chunk, worker) -> {
            both.countDown();
            await(both);
            if (worker == 1) {
              while (LockSupport.getBlocker(caller) != workers) {
                sleep(1);
              }
              caller.interrupt();
              sleep(20); // the caller has to park once more
              helper.set(Thread.currentThread());
              Thread.currentThread().interrupt();
            }
            done.incrementAndGet();
          });
      assertThat(done).hasValue(2);
      assertThat(Thread.interrupted()).isTrue();
      awaitState(helper.get(), Thread.State.WAITING);
      assertThat(helper.get().isInterrupted()).isFalse();
    }
  }

  @Test
  void closeEndsTheThreadsAndMayBeRepeated() throws Exception {
    Workers workers = Workers.of(4);
    Set<Thread> helpers = helpersOf(workers);
    workers.close();
    workers.close();
    for (Thread helper : helpers) {
      helper.join();
    }
    assertThatThrownBy(() -> workers.forEach(1, (chunk, worker) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the workers are closed");
  }

  @Test
  void closeDuringAnOperationLetsItFinish() throws Exception {
    for (int round = 0; round < 300; round++) {
      Workers workers = Workers.of(3);
      int[] runs = new int[40];
      Thread closer = Thread.ofPlatform().start(workers::close);
      try {
        workers.forEach(40, (chunk, worker) -> runs[chunk]++);
        assertThat(runs).containsOnly(1);
      } catch (IllegalStateException e) {
        assertThat(runs).containsOnly(0);
      }
      closer.join();
    }
  }

  @Test
  void aTaskMayCloseTheWorkersItRunsOn() {
    Workers workers = Workers.of(3);
    AtomicInteger runs = new AtomicInteger();
    workers.forEach(
        40,
        (chunk, worker) -> {
          workers.close();
          runs.incrementAndGet();
        });
    assertThat(runs).hasValue(40);
  }

  @Test
  void anExecutorMayBeOfAnyKind() throws Exception {
    Executor direct = Runnable::run;
    Executor refusing =
        helper -> {
          throw new RejectedExecutionException();
        };
    try (ExecutorService pool = Executors.newFixedThreadPool(2);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Executor executor : List.of(direct, refusing, pool, virtual)) {
        try (Workers workers = Workers.on(executor, 4)) {
          assertThat(workers.count()).isEqualTo(4);
          for (int round = 0; round < 2000; round++) {
            checkEveryChunk(workers, round % 13);
          }
        }
        assertThatCode(() -> pool.submit(() -> {}).get()).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void theThreadsOfAnExecutorDoTakePart() {
    try (ExecutorService pool = Executors.newFixedThreadPool(2);
        Workers workers = Workers.on(pool, 3)) {
      for (int round = 0; round < 100; round++) {
        CountDownLatch all = new CountDownLatch(3);
        workers.forEach(
            3,
            (chunk, worker) -> {
              all.countDown();
              await(all);
            });
      }
    }
  }

  @Test
  void doesTheWorkOfAFailingExecutor() {
    LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    Executor full =
        helper -> {
          if (!queue.offer(helper) || queue.size() > 1) {
            throw new UnsupportedOperationException("broken");
          }
        };
    Executor exhausted =
        helper -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    for (Executor executor : List.of(full, exhausted)) {
      try (Workers workers = Workers.on(executor, 4)) {
        for (int round = 0; round < 20; round++) {
          checkEveryChunk(workers, round);
        }
      }
    }
  }

  @Test
  void refusesNonsense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workers.of(0))
        .withMessage("expected at least 1 worker, found 0");
    assertThatIllegalArgumentException().isThrownBy(() -> Workers.on(Runnable::run, -1));
    try (Workers workers = Workers.of(1)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> workers.forEach(-1, (chunk, worker) -> {}))
          .withMessage("expected at least 0 chunks, found -1");
    }
  }

  private static Set<Thread> helpersOf(Workers workers) {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(workers.count());
    workers.forEach(
        workers.count(),
        (chunk, worker) -> {
          if (worker > 0) {
            threads.add(Thread.currentThread());
          }
          all.countDown();
          await(all);
        });
    return threads;
  }

  private static void awaitState(Thread thread, Thread.State state) {
    while (thread.getState() != state) {
      sleep(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable e) throws E {
    throw (E) e;
  }
}
