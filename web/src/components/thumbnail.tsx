import { useEffect, useState, type ReactNode } from 'react';

import { worthShowing } from '@/lib/busy-picture';

import classes from './thumbnail.module.css';

// So that a list that scrolls back doesn't ask again for what there is not.
const missing = new Set<string>();
const mostMissing = 5000;
/** How often a picture that did not load is tried again. */
const mostRetries = 3;

interface ThumbnailProps {
  /** Undefined for a file without one. */
  src: string | undefined;
  /** The file's name; empty where a link around the picture says it. */
  name: string;
  /** How the picture fills its box. A small one is square and stands in place of an icon. */
  size: 'small' | 'tile';
  /** Shown in place of a picture that is not there. */
  icon: ReactNode;
}

/** The thumbnail of a photo, in a box that has its size before the picture is there. */
export function Thumbnail({ src, ...rest }: ThumbnailProps) {
  if (src === undefined || missing.has(src)) return <Stand {...rest} />;
  return <Picture key={src} src={src} {...rest} />;
}

function Stand({ size, icon }: Pick<ThumbnailProps, 'size' | 'icon'>) {
  return (
    <span className={classes[size]} data-icon>
      {icon}
    </span>
  );
}

/** A picture. While the server is too busy to make it, the icon stands in its place, and it is tried again. */
function Picture({ src, name, size, icon }: ThumbnailProps & { src: string }) {
  const [failures, setFailures] = useState(0);
  const [shown, setShown] = useState(true);
  useEffect(() => {
    if (shown || failures > mostRetries) return undefined;
    const over = new AbortController();
    void worthShowing(src, over.signal).then((worth) => {
      if (over.signal.aborted) return;
      if (worth) setShown(true);
      else if (worth === false && missing.size < mostMissing) missing.add(src);
    });
    return () => over.abort();
  }, [src, shown, failures]);
  if (!shown) return <Stand size={size} icon={icon} />;
  return (
    <span className={classes[size]}>
      <img
        src={src}
        alt={name}
        loading="lazy"
        decoding="async"
        draggable={false}
        className={classes.picture}
        onError={() => {
          setFailures(failures + 1);
          setShown(false);
        }}
      />
    </span>
  );
}
