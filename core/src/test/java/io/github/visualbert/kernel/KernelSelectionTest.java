package io.github.visualbert.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.KernelProvider.UnavailableException;
import java.lang.reflect.Proxy;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.ServiceConfigurationError;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KernelSelectionTest {
  @Test
  void autoLeavesTheChoiceToTheProperty() {
    String before = System.getProperty(KernelSelection.PROPERTY);
    try {
      System.setProperty(KernelSelection.PROPERTY, "scalar");
      assertThat(KernelSelection.resolve(KernelSelection.AUTO)).isEqualTo("scalar");
      assertThat(KernelSelection.resolve("simd")).isEqualTo("simd");
      System.clearProperty(KernelSelection.PROPERTY);
      assertThat(KernelSelection.resolve(KernelSelection.AUTO)).isEqualTo("auto");
      assertThat(KernelSelection.resolve("scalar")).isEqualTo("scalar");
    } finally {
      if (before != null) {
        System.setProperty(KernelSelection.PROPERTY, before);
      }
    }
  }

  @Test
  void theScalarKernelsAreAlwaysThere() {
    KernelSelection selection = KernelSelection.select(KernelSelection.SCALAR);
    assertThat(selection.kernels()).isInstanceOf(ScalarKernels.class);
    assertThat(selection.refusals()).isEmpty();
  }

  /** The tests of core run without the module that has other kernels. */
  @Test
  void autoEndsWithScalarKernelsWhereThereAreNoOthers() {
    assertThat(KernelSelection.select(KernelSelection.AUTO).kernels().provider())
        .isEqualTo("scalar");
  }

  @Test
  void aNamedProviderIsNeverReplacedByAnother() {
    assertThatThrownBy(() -> KernelSelection.select("simd"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("provider simd cannot compute here: there is none");
    assertThatThrownBy(() -> KernelSelection.select("gpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gpu");
  }

  @Test
  void theFirstProviderThatRunsIsChosenAndTheReasonsOfTheOthersAreKept() {
    KernelSelection selection =
        choose(
            KernelSelection.AUTO,
            refusing("simd", new UnavailableException("no vectors")),
            failing(new ServiceConfigurationError("no such class")),
            refusing("broken", new IllegalStateException("surprise")),
            failing(new NoClassDefFoundError("jdk/incubator/vector/Vector")),
            refusing("unlinked", new NoSuchMethodError("fma")),
            () -> provider("other", () -> OTHER),
            failing(new AssertionError("never asked")));
    assertThat(selection.kernels()).isSameAs(OTHER);
    assertThat(selection.refusals())
        .containsExactly(
            "no vectors",
            "java.util.ServiceConfigurationError: no such class",
            "broken failed: java.lang.IllegalStateException: surprise",
            "java.lang.NoClassDefFoundError: jdk/incubator/vector/Vector",
            "unlinked failed: java.lang.NoSuchMethodError: fma");
  }

  @Test
  void autoIsContentWithScalarKernelsWhereAllOthersRefuse() {
    KernelSelection selection =
        choose(KernelSelection.AUTO, refusing("simd", new UnavailableException("no vectors")));
    assertThat(selection.kernels()).isInstanceOf(ScalarKernels.class);
    assertThat(selection.refusals()).containsExactly("no vectors");
  }

  @Test
  void aNamedProviderThatRefusesSaysWhy() {
    assertThatThrownBy(
            () ->
                choose(
                    "simd",
                    () -> provider("other", () -> OTHER),
                    refusing("simd", new UnavailableException("no vectors"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("provider simd cannot compute here: no vectors");
  }

  @Test
  void anotherProviderIsNotAskedForItsKernels() {
    AtomicInteger asked = new AtomicInteger();
    Found costly =
        () ->
            provider(
                "costly",
                () -> {
                  asked.incrementAndGet();
                  return OTHER;
                });
    assertThat(choose("other", costly, () -> provider("other", () -> OTHER)).kernels())
        .isSameAs(OTHER);
    assertThat(choose(KernelSelection.SCALAR, costly).kernels()).isInstanceOf(ScalarKernels.class);
    assertThat(asked).hasValue(0);
  }

  @Test
  void aLoaderThatNeverGetsPastAFailureIsGivenUp() {
    Iterator<KernelProvider> stuck =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            throw new ServiceConfigurationError("unreadable");
          }

          @Override
          public KernelProvider next() {
            throw new NoSuchElementException();
          }
        };
    assertThat(KernelSelection.choose(KernelSelection.AUTO, stuck).kernels())
        .isInstanceOf(ScalarKernels.class);
  }

  private static final Kernels OTHER =
      (Kernels)
          Proxy.newProxyInstance(
              Kernels.class.getClassLoader(),
              new Class<?>[] {Kernels.class},
              (proxy, method, arguments) -> "other");

  /** What a service loader finds: a provider, or an error. */
  @FunctionalInterface
  private interface Found {
    KernelProvider get();
  }

  @FunctionalInterface
  private interface Creation {
    Kernels create() throws UnavailableException;
  }

  private static KernelSelection choose(String name, Found... found) {
    Iterator<Found> all = List.of(found).iterator();
    return KernelSelection.choose(
        name,
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return all.hasNext();
          }

          @Override
          public KernelProvider next() {
            return all.next().get();
          }
        });
  }

  private static Found failing(Error e) {
    return () -> {
      throw e;
    };
  }

  private static Found refusing(String name, Throwable reason) {
    return () ->
        provider(
            name,
            () -> {
              switch (reason) {
                case UnavailableException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new AssertionError(reason);
              }
            });
  }

  private static KernelProvider provider(String name, Creation creation) {
    return new KernelProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Kernels create() throws UnavailableException {
        return creation.create();
      }
    };
  }
}
