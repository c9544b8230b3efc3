/** The visualbert command. */
@SuppressWarnings("requires-automatic") // the metrics
module io.github.visualbert.cli {
  requires io.github.visualbert.core;
  requires info.picocli;
  requires org.apache.arrow.compression;
  requires org.apache.arrow.format;
  requires org.apache.arrow.memory.core;
  requires org.apache.arrow.vector;
  requires io.prometheus.metrics.core;
  requires io.prometheus.writer.text;
  requires io.prometheus.metrics.model;
  requires org.eclipse.jetty.server;
  requires org.snakeyaml.engine;
  requires java.desktop; // drawn detections
  requires java.management;
  requires java.net.http;
  requires java.xml; // the annotations of Flickr30k Entities
  requires jdk.management;

  opens io.github.visualbert.cli to
      info.picocli;
  opens io.github.visualbert.cli.bench to
      info.picocli;
  opens io.github.visualbert.cli.console to
      info.picocli;
  opens io.github.visualbert.cli.convert to
      info.picocli;
  opens io.github.visualbert.cli.detect to
      info.picocli;
  opens io.github.visualbert.cli.detector to
      info.picocli;
  opens io.github.visualbert.cli.doctor to
      info.picocli;
  opens io.github.visualbert.cli.evaluate to
      info.picocli;
  opens io.github.visualbert.cli.explain to
      info.picocli;
  opens io.github.visualbert.cli.forward to
      info.picocli;
  opens io.github.visualbert.cli.inspect to
      info.picocli;
  opens io.github.visualbert.cli.model to
      info.picocli;
  opens io.github.visualbert.cli.pull to
      info.picocli;
  opens io.github.visualbert.cli.question to
      info.picocli;
  opens io.github.visualbert.cli.run to
      info.picocli;
  opens io.github.visualbert.cli.serve to
      info.picocli;
  opens io.github.visualbert.cli.tokenize to
      info.picocli;
}
