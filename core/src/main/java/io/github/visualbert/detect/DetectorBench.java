package io.github.visualbert.detect;

import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Matrix;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * The stages of a detector on a prepared picture and given regions, one by one, to be measured.
 * Used by one thread, within {@link RegionDetector#measure}; no embedder needs it.
 */
public final class DetectorBench {
  private final BottomUpAttention network;
  private final Execution execution;
  private final FeatureMap input;
  private final Matrix pixels; // (height x width of res4, channels)
  private final Proposals regions;
  private final FeatureMap map; // res4

  /**
   * Prepares a pass.
   *
   * @param picture (3, height, width), as it enters the network
   * @param boxes four pixels of the scaled picture for each region
   */
  DetectorBench(
      BottomUpAttention network,
      Execution execution,
      float[] picture,
      int height,
      int width,
      float[] boxes) {
    this.network = network;
    this.execution = execution;
    this.input = FeatureMap.of(execution.workspace(), 3, height, width);
    for (int i = 0; i < picture.length; i++) {
      int pixel = i % (height * width);
      input.set(0, i / (height * width), pixel / width, pixel % width, picture[i]);
    }
    int count = boxes.length / 4;
    this.regions = new Proposals(boxes, new float[count], new int[count]);
    ResNet backbone = network.backbone();
    int rows = backbone.outputs(height);
    int columns = backbone.outputs(width);
    this.pixels =
        execution.workspace().matrix(rows * columns, backbone.channels(), Matrix.Layout.ROWS);
    this.map =
        backbone.forward(execution, network.kernels().images(), input, Stages.NONE); // for rpn
    network.kernels().images().toRows(execution, map, pixels); // for head
  }

  /** Runs the stem and the stages to res4, and lays it out for the head. */
  public void backbone() {
    long mark = execution.workspace().mark();
    ImageKernels kernels = network.kernels().images();
    FeatureMap res4 = network.backbone().forward(execution, kernels, input, Stages.NONE);
    kernels.toRows(execution, res4, pixels);
    execution.workspace().release(mark);
  }

  /** Runs the proposal network, and picks the proposals. */
  public void rpn() {
    RegionProposals.Outputs outputs =
        network.proposals().forward(execution, network.kernels().images(), map);
    network.proposals().pick(outputs, input.width(), input.height());
  }

  /** Pools the given regions and runs the head on them, without selection. */
  public void head() {
    network
        .head()
        .forward(
            execution, network.kernels(), pixels, map.height(), map.width(), regions, Stages.NONE);
  }

  /** Returns the multiply-accumulates of the convolutions of all three stages. */
  public long multiplyAdds() {
    long mark = execution.workspace().mark();
    Counter counter = new Counter();
    ImageKernels counting = counter.kernels();
    FeatureMap res4 = network.backbone().forward(execution, counting, input, Stages.NONE);
    network.proposals().forward(execution, counting, res4);
    long before = counter.count;
    RoiHead head = network.head();
    int side = head.resolution();
    int out = head.res5().outputs(side);
    head.res5()
        .forward(
            execution,
            counting,
            FeatureMap.stacked(execution.workspace(), 1, map.channels(), side, side),
            FeatureMap.stacked(execution.workspace(), 1, head.featureDim(), out, out));
    execution.workspace().release(mark);
    return before + regions.count() * (counter.count - before);
  }

  /** Kernels that count the work of convolutions instead of computing anything. */
  private static final class Counter implements InvocationHandler {
    private long count;

    ImageKernels kernels() {
      return (ImageKernels)
          Proxy.newProxyInstance(
              ImageKernels.class.getClassLoader(), new Class<?>[] {ImageKernels.class}, this);
    }

    @Override
    public Object invoke(Object kernels, Method operation, Object[] arguments) {
      if (operation.getName().equals("convolve")) {
        FeatureMap x = (FeatureMap) arguments[1];
        Convolution convolution = (Convolution) arguments[2];
        FeatureMap y = (FeatureMap) arguments[4];
        count +=
            (long) y.maps()
                * y.pixels()
                * y.channels()
                * (x.channels() / convolution.groups())
                * convolution.window().taps();
      }
      return null;
    }
  }
}
