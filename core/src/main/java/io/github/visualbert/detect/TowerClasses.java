package io.github.visualbert.detect;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The classes of the objects that VCR's tower knows: those of COCO, without blanks in the names.
 */
final class TowerClasses {
  /** The class of the whole picture. */
  static final int PICTURE = 0;

  private static final List<String> NAMES =
      List.of(
          """
          person bicycle car motorcycle airplane bus train truck boat trafficlight firehydrant \
          stopsign parkingmeter bench bird cat dog horse sheep cow elephant bear zebra giraffe \
          backpack umbrella handbag tie suitcase frisbee skis snowboard sportsball kite \
          baseballbat baseballglove skateboard surfboard tennisracket bottle wineglass cup fork \
          knife spoon bowl banana apple sandwich orange broccoli carrot hotdog pizza donut cake \
          chair couch pottedplant bed diningtable toilet tv laptop mouse remote keyboard \
          cellphone microwave oven toaster sink refrigerator book clock vase scissors teddybear \
          hairdrier toothbrush\
          """
              .split(" "));

  /** Classes with that of the whole picture. */
  static final int COUNT = NAMES.size() + 1;

  private static final Map<String, Integer> NUMBERS = new HashMap<>();

  static {
    for (String name : NAMES) {
      NUMBERS.put(name, NUMBERS.size() + 1);
    }
  }

  private TowerClasses() {}

  /** Returns the number of a class, or -1 for a name that is none. */
  static int number(String name) {
    return NUMBERS.getOrDefault(name, -1);
  }
}
