import { Notifications } from '@mantine/notifications';

/** Where toasts show. */
export default function Toasts() {
  return <Notifications position="bottom-right" limit={4} />;
}
