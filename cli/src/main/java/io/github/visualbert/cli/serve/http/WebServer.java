package io.github.visualbert.cli.serve.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP/1.1 server, on virtual threads. Upgrades are ignored: clients that offer one, as that of
 * the JDK does with each request, go on with what they began.
 */
public final class WebServer implements AutoCloseable {
  private static final Duration REAPED_EVERY = Duration.ofSeconds(1);

  private final Server server;
  private final ServerConnector connector;
  private final WebHandler handler;
  private final ScheduledExecutorService reaper;

  private WebServer(
      Server server,
      ServerConnector connector,
      WebHandler handler,
      Limits limits,
      RequestListener listener) {
    this.server = server;
    this.connector = connector;
    this.handler = handler;
    this.reaper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("visualbert-slow-clients").factory());
    boolean encrypted = connector.getConnectionFactory(SslConnectionFactory.class) != null;
    reaper.scheduleAtFixedRate(
        () ->
            connector
                .getConnectedEndPoints()
                .forEach(
                    each -> {
                      if (each instanceof ClientEndPoint client) {
                        client.closeIfSlow(limits, encrypted, listener);
                        client.closeIfStalled(limits);
                      }
                    }),
        REAPED_EVERY.toMillis(),
        REAPED_EVERY.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /**
   * Starts a server.
   *
   * @param tls certificate and key, or null to speak in the clear
   * @throws IOException when the address cannot be listened on
   */
  public static WebServer start(
      InetSocketAddress address,
      Routes routes,
      Access access,
      Limits limits,
      RequestListener listener,
      SslContextFactory.Server tls)
      throws IOException {
    QueuedThreadPool pool = new QueuedThreadPool(16, 4);
    pool.setName("visualbert-http");
    pool.setDaemon(true);
    pool.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("visualbert-request-", 0).factory()));
    Server server = new Server(pool);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(limits.head());
    http.setUriCompliance(UriCompliance.UNSAFE); // the routes decide, on the path as it was sent
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector =
        tls == null
            ? connector(server, plain)
            : connector(server, new SslConnectionFactory(tls, plain.getProtocol()), plain);
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(limits.idle().toMillis());
    connector.setAcceptQueueSize(256);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(limits.connections(), connector));
    WebHandler handler = new WebHandler(routes, access, limits, listener);
    server.setHandler(handler);
    server.setErrorHandler(new MalformedHead(limits, listener));
    server.setStopTimeout(0);
    try {
      server.start();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
    return new WebServer(server, connector, handler, limits, listener);
  }

  private static ServerConnector connector(Server server, ConnectionFactory... factories) {
    return new ServerConnector(server, 1, 1, factories) {
      @Override
      protected ClientEndPoint newEndPoint(
          SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        return new ClientEndPoint(channel, selector, key, getScheduler());
      }
    };
  }

  /** Returns the port that is listened on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connector.getConnectedEndPoints().size();
  }

  /** Returns whether the server takes no more requests. */
  public boolean isDraining() {
    return handler.isDraining();
  }

  /**
   * Stops listening and lets what was accepted finish.
   *
   * @param most the longest to wait
   * @return whether everything was answered
   */
  public boolean drain(Duration most) {
    handler.drain();
    connector.close();
    long end = System.nanoTime() + most.toNanos();
    while (handler.running() > 0 && System.nanoTime() < end) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return handler.running() == 0;
  }

  @Override
  public void close() {
    reaper.shutdownNow();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
