package io.github.visualbert.detect;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The regions of a picture as VCR's annotators gave them. Nobody may write to the arrays.
 *
 * @param boxes x1, y1, x2, y2 of every region in pixels of the picture; more numbers, such as a
 *     confidence, are ignored
 * @param segms the polygons of every region, each of points x, y
 * @param names what every region shows: COCO's classes, without blanks in the names
 * @param use the indices of the regions that are looked at, in this order
 */
public record GivenRegions(double[][] boxes, double[][][][] segms, List<String> names, int[] use) {
  /** The most regions of a picture that are looked at. */
  public static final int MOST = 1024;

  public GivenRegions {
    names = List.copyOf(names);
  }

  /**
   * Reads regions as VCR publishes them: {@code boxes}, {@code segms} and {@code names} or {@code
   * objects}; with {@code use}, or all of them.
   *
   * @param json the text of a JSON object
   * @param source what messages call it
   * @throws InputException when it is not as expected
   */
  public static GivenRegions parse(byte[] json, String source) {
    try {
      return of(Json.parseObject(json));
    } catch (JsonException e) {
      throw new InputException(Kind.MALFORMED, source + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads regions from a JSON object.
   *
   * @throws JsonException when it is not as expected
   */
  @SuppressWarnings("exports") // for the project's own readers of rows
  public static GivenRegions of(JsonObject object) {
    JsonArray boxes = object.getArray("boxes");
    JsonArray segms = object.getArray("segms");
    List<String> names = object.getArray(object.has("names") ? "names" : "objects").toStrings();
    double[][] places = new double[boxes.size()][];
    for (int i = 0; i < places.length; i++) {
      places[i] = numbers(boxes, i, 4);
    }
    double[][][][] polygons = new double[segms.size()][][][];
    for (int i = 0; i < polygons.length; i++) {
      polygons[i] = polygons(segms.getArray(i));
    }
    int[] use =
        object.has("use")
            ? IntStream.range(0, object.getArray("use").size())
                .map(object.getArray("use")::getInt)
                .toArray()
            : IntStream.range(0, places.length).toArray();
    return new GivenRegions(places, polygons, names, use);
  }

  private static double[][][] polygons(JsonArray array) {
    double[][][] polygons = new double[array.size()][][];
    for (int i = 0; i < polygons.length; i++) {
      JsonArray points = array.getArray(i);
      polygons[i] = new double[points.size()][];
      for (int j = 0; j < points.size(); j++) {
        polygons[i][j] = numbers(points, j, 2);
      }
    }
    return polygons;
  }

  private static double[] numbers(JsonArray parent, int index, int least) {
    JsonArray array = parent.getArray(index);
    if (array.size() < least) {
      throw parent.expected(index, "at least %d numbers".formatted(least));
    }
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.getDouble(i);
    }
    return numbers;
  }

  /** Returns the same regions, of which others are looked at. */
  public GivenRegions using(int... indices) {
    return new GivenRegions(boxes, segms, names, indices);
  }

  /**
   * Checks that the regions that are looked at lie in their picture and show something known.
   *
   * @throws InputException for the first that does not
   */
  void require(String picture, int width, int height) {
    if (boxes.length != segms.length || boxes.length != names.size()) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: expected polygons and a name for each box, found %d boxes, %d times polygons, %d names"
              .formatted(picture, boxes.length, segms.length, names.size()));
    }
    if (use.length > MOST) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "%s: %d boxes, expected at most %d".formatted(picture, use.length, MOST));
    }
    for (int region : use) {
      if (region < 0 || region >= boxes.length) {
        throw malformed(picture, region, "expected a region from 0 to " + (boxes.length - 1));
      }
      double[] box = boxes[region];
      boolean inside =
          box.length >= 4
              && box[0] >= 0
              && box[1] >= 0
              && box[0] < box[2]
              && box[1] < box[3]
              && box[2] <= width
              && box[3] <= height;
      if (!inside) {
        throw malformed(
            picture,
            region,
            "expected a box within the picture of %d x %d pixels, found %s"
                .formatted(width, height, Arrays.toString(box)));
      }
      if (segms[region].length == 0) {
        throw malformed(picture, region, "expected polygons, found none");
      }
      for (double[][] polygon : segms[region]) {
        if (polygon.length == 0) {
          throw malformed(picture, region, "expected points in each polygon, found one of none");
        }
      }
      if (TowerClasses.number(names.get(region)) < 0) {
        throw malformed(
            picture,
            region,
            "expected a class of COCO without blanks, such as person or tennisracket, found \"%s\""
                .formatted(names.get(region)));
      }
    }
  }

  private static InputException malformed(String picture, int region, String problem) {
    return new InputException(
        Kind.MALFORMED, "%s: region %d: %s".formatted(picture, region, problem));
  }
}
