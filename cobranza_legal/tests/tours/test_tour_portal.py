from odoo.tests import tagged

from ..common.portal import PortalCommon


@tagged("post_install", "-at_install")
class TestTourPortal(PortalCommon):
    def test_a_debtor_disputes_a_part_with_a_file_and_sees_it_frozen(self):
        self.start_tour(self.path, "cobranza_legal_debtor")
        [dispute] = self.debtor.dispute_ids
        self.assertEqual((dispute.amount, dispute.reason), (250, "quality"))
        self.assertEqual(dispute.attachment_ids.name, "photo.pdf")
        self.assertEqual(self.contacts.outcome, "disputes")
