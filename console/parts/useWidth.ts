/** The width of an element in pixels, 0 until it is laid out. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export function useWidth() {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    const resized = new ResizeObserver(() => setWidth(target.clientWidth));
    resized.observe(target);
    return () => resized.disconnect();
  }, []);
  return { place, width };
}
