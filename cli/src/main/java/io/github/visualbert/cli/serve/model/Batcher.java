package io.github.visualbert.cli.serve.model;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.error.VisualBertException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers requests to one task of a model in passes that they share: what waits when a pass begins
 * is its batch, within bounds. An answer has the same bits in any batch.
 *
 * <p>One thread computes; the callers wait. Thread-safe.
 */
final class Batcher implements AutoCloseable {
  /** The most requests of a pass: beyond it nothing is gained. */
  private static final int MAX_REQUESTS = 64;

  /** The most rows of a pass, which bounds its memory. */
  private static final int MAX_ROWS = 8192;

  /** The longest pass that is planned, so that later requests wait about as long at most. */
  private static final double MAX_NANOS = 1e9;

  private static final double RATE_WEIGHT = 0.2;

  private final String name;
  private final TaskName task;
  private final VisualBert model;
  private final TaskRunner counter;
  private final Metrics metrics;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>(); // guarded by lock
  private boolean closed; // guarded by lock
  private final Regather regather = new Regather(); // of the thread
  private double nanosPerRow; // of the thread

  /** A request that waits. */
  private record Waiting(
      Request request,
      int topK,
      boolean allStates,
      int rows,
      Ticket ticket,
      long since,
      CompletableFuture<Reply> reply) {}

  Batcher(String name, TaskName task, VisualBert model, Metrics metrics) {
    this.name = name;
    this.task = task;
    this.model = model;
    this.counter = TaskRunner.of(task, model, 1, false);
    this.metrics = metrics;
    this.thread =
        Thread.ofPlatform().daemon().name("visualbert-" + name + "-" + task).start(this::run);
  }

  /**
   * Returns how many rows the model computes for a request.
   *
   * @throws io.github.visualbert.error.InputException when the request is invalid
   */
  int rows(Request request) {
    return counter.rows(request);
  }

  /**
   * Answers a request, after those that came before.
   *
   * @param rows see {@link #rows}
   * @throws io.github.visualbert.error.InputException when the request is invalid
   */
  Reply ask(Request request, int topK, boolean allStates, int rows, Ticket ticket) {
    Waiting waiting =
        new Waiting(
            request, topK, allStates, rows, ticket, System.nanoTime(), new CompletableFuture<>());
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      queue.add(waiting);
      changed.signal();
    } finally {
      lock.unlock();
    }
    metrics.waiting(name, 1);
    try {
      return waiting.reply.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void run() {
    List<Waiting> batch = new ArrayList<>();
    while (take(batch)) {
      try {
        batch.removeIf(this::isDropped);
        if (!batch.isEmpty()) {
          pass(batch);
        }
      } catch (Throwable e) { // also errors: the others must not wait for ever
        batch.forEach(each -> each.reply.completeExceptionally(new IllegalStateException(e)));
      }
      batch.clear();
    }
  }

  /** Waits for requests and takes those of the next pass; returns false when there are no more. */
  private boolean take(List<Waiting> batch) {
    lock.lock();
    try {
      awaitRequests();
      int rows = 0;
      while (!queue.isEmpty()
          && (batch.isEmpty()
              || batch.size() < MAX_REQUESTS
                  && rows + queue.peek().rows <= MAX_ROWS
                  && (rows + queue.peek().rows) * nanosPerRow <= MAX_NANOS
                  && queue.peek().allStates == batch.getFirst().allStates)) {
        Waiting next = queue.poll();
        rows += next.rows;
        batch.add(next);
      }
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
    if (batch.isEmpty()) {
      return false;
    }
    metrics.waiting(name, -batch.size());
    return true;
  }

  /** Waits for a request, and a moment for those whom the last pass answered; or for the end. */
  private void awaitRequests() throws InterruptedException {
    int callers = Math.min(MAX_REQUESTS, regather.expected(queue.size()));
    while (queue.isEmpty() && !closed) {
      changed.await();
    }
    long nanos = regather.remaining(System.nanoTime());
    while (queue.size() < callers && nanos > 0 && !closed) {
      nanos = changed.awaitNanos(nanos);
    }
  }

  /** Drops a request that has waited too long, or whose client is gone. */
  private boolean isDropped(Waiting waiting) {
    try {
      waiting.ticket.requireAlive();
    } catch (RuntimeException e) {
      waiting.reply.completeExceptionally(e);
      return true;
    }
    waiting.ticket.begun();
    metrics.waited(name, System.nanoTime() - waiting.since);
    return false;
  }

  private void pass(List<Waiting> batch) {
    long begin = System.nanoTime();
    int topK = batch.stream().mapToInt(Waiting::topK).max().orElseThrow();
    TaskRunner runner = TaskRunner.of(task, model, topK, batch.getFirst().allStates);
    List<Reply> replies = new ArrayList<>();
    try {
      replies.addAll(runner.ask(batch.stream().map(Waiting::request).toList()));
    } catch (VisualBertException | IllegalArgumentException e) {
      if (batch.size() > 1) { // one of them is invalid; find out which
        batch.forEach(each -> pass(List.of(each)));
        return;
      }
      batch.getFirst().reply.completeExceptionally(e);
      return;
    }
    long nanos = System.nanoTime() - begin;
    int rows = batch.stream().mapToInt(Waiting::rows).sum();
    nanosPerRow += RATE_WEIGHT * ((double) nanos / Math.max(1, rows) - nanosPerRow);
    metrics.pass(name, batch.size(), rows, nanos);
    batch.getFirst().ticket.queue().served(batch.size(), nanos);
    regather.passed(batch.size(), nanos, begin + nanos);
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).reply.complete(best(replies.get(i), batch.get(i).topK));
    }
  }

  /** Returns a reply with fewer answers: others in the pass wanted more. */
  private static Reply best(Reply reply, int topK) {
    if (!(reply instanceof Reply.Answers answers)) {
      return reply;
    }
    List<Reply.Group> groups = new ArrayList<>();
    for (Reply.Group group : answers.groups()) {
      int count = Math.min(topK, group.answers().size());
      groups.add(
          new Reply.Group(
              group.about(),
              group.answers().subList(0, count),
              group.boxes().isEmpty() ? group.boxes() : group.boxes().subList(0, count)));
    }
    return new Reply.Answers(answers.id(), groups, answers.match(), answers.truncated());
  }

  /** Lets what waits be answered, then ends the thread. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
