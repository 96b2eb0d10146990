"""Contracts: sales, leases, services, loans, secrecy."""

from __future__ import annotations

TERMS: dict[str, dict[int, str]] = {
    "en": {
        3: """
this agreement is made|this contract is made|lease agreement|tenancy agreement|rental agreement|purchase agreement
sales contract|contract of sale|service agreement|services agreement|service contract|non disclosure agreement
confidentiality agreement|loan agreement|framework agreement|memorandum of understanding|supply agreement
consultancy agreement|consulting agreement|maintenance agreement|cooperation agreement|employment agreement
agreement is entered into|contract is concluded|contract between|agreement between|contract for services
work contract|settlement agreement|partnership agreement|contract no|contract number
""",
        2: """
hereinafter|hereinafter referred to|whereas|the parties agree|agree as follows|governing law|place of jurisdiction
termination for cause|terminate this agreement|terminate this contract|entire agreement|force majeure
confidential information|liquidated damages|breach of contract|material breach|contracting party|contracting parties
in witness whereof|hereby agree|notice of termination|term of this agreement|term of the contract|commencement date
severability|duly authorised|duly authorized|written notice|landlord|tenant|lessor|lessee|the seller|the buyer
the contractor|the borrower|the lender|the employer|the employee|statement of work|scope of services
subject of the contract|subject matter of the contract|subject matter of this agreement|payment terms
terms of payment|purchase price|security deposit|monthly rent|late payment|notice period|period of notice
remaining provisions|invalid provision|the other party|obligations of the|amendments to this|place and date
binding agreement|undertakes to|shall be governed by|courts of|contractual penalty|ancillary agreements
term and termination|remuneration and payment|signature of the
""",
        1: """
agreement|contract|parties|party|clause|provisions|obligations|termination|signature|signed|liability|warranty|fee
fees|rent|delivery|services|jurisdiction|duration|amendment|validity|effective|payment|purchaser|the client
the supplier|written form|both parties|either party|each party|signed by|arbitration|confidentiality|the parties
on behalf of
""",
    },
    "de": {
        3: """
mietvertrag|kaufvertrag|dienstleistungsvertrag|dienstvertrag|werkvertrag|rahmenvertrag|darlehensvertrag
leasingvertrag|pachtvertrag|liefervertrag|wartungsvertrag|kooperationsvertrag|geheimhaltungsvereinbarung
vertraulichkeitsvereinbarung|beratervertrag|lizenzvertrag|gesellschaftsvertrag|vertrag zwischen
wird folgender vertrag|folgender vertrag geschlossen|vertragsnummer|vertrag nr|honorarvertrag|arbeitsvertrag
vereinbarung zwischen|wird folgendes vereinbart
""",
        2: """
vertragsparteien|vertragspartner|vertragsgegenstand|gegenstand des vertrages|gegenstand des vertrags|vermieter
vermieterin|mieterin|verkäufer|käufer|verkäuferin|käuferin|auftraggeber|auftragnehmer|auftraggeberin|auftragnehmerin
darlehensgeber|darlehensnehmer|kündigung|kündigungsfrist|ordentliche kündigung|außerordentliche kündigung
vertragsdauer|vertragslaufzeit|vertragsbeginn|gerichtsstand|salvatorische klausel|schriftform|schlussbestimmungen
nebenabreden|anwendbares recht|haftungsbeschränkung|vertragsstrafe|zahlungsbedingungen|vergütung|fälligkeit
kaufpreis|kaution|mietzins|kaltmiete|nebenkosten|höhere gewalt|geheimhaltung|pflichten der|rechte und pflichten
die parteien|beide parteien|jede partei|verpflichtet sich|wirksamkeit der übrigen|erfüllungsort|leistungsumfang
änderungen und ergänzungen|aus wichtigem grund|vertragsverletzung
""",
        1: """
vertrag|vertrages|vertrags|vereinbarung|parteien|partei|bestimmungen|bestimmung|pflichten|zahlung|lieferung
leistungen|rechnung|frist|recht|gesetzlich|schriftlich|zwischen|miete|beginn|dauer|nachfolgend|im folgenden|mieter
lieferant|laufzeit|gewährleistung|haftung|verzug|vertraulichkeit|unwirksam|ort datum|unterschrift|abnahme|übergabe
leistungen des
""",
    },
    "fr": {
        3: """
contrat de location|contrat de bail|bail d'habitation|contrat de vente|contrat de prestation
contrat de prestation de services|contrat de service|contrat de services|contrat cadre|contrat de prêt
accord de confidentialité|contrat de fourniture|contrat de maintenance|contrat de travail|contrat de cession
contrat d'entreprise|contrat de partenariat|contrat de sous traitance|le présent contrat|du présent contrat
entre les soussignés|il a été convenu ce qui suit|contrat conclu entre|contrat entre|contrat n|numéro de contrat
protocole d'accord
""",
        2: """
les parties conviennent|parties contractantes|ci après dénommé|ci après dénommée|soussignés|objet du contrat
durée du contrat|résiliation|résiliation anticipée|préavis|bailleur|locataire|vendeur|acheteur|acquéreur|prestataire
le prestataire|le fournisseur|emprunteur|prêteur|maître d'ouvrage|clause pénale|force majeure|droit applicable
juridiction compétente|tribunal compétent|tribunaux|tribunal de commerce|dispositions finales|dispositions générales
conditions de paiement|modalités de paiement|prix de vente|dépôt de garantie|loyer mensuel|loyer|pénalités de retard
obligations du|obligations des parties|avenant|nullité|par écrit|lettre recommandée|accusé de réception|s'engage à
s'engagent|entrée en vigueur|prend effet|tacite reconduction|fait à|en deux exemplaires|lu et approuvé
dûment habilité|rémunération|inexécution|mise en demeure|litige|loi applicable
""",
        1: """
contrat|parties|partie|accord|clause|article|dispositions|obligations|paiement|livraison|prestations|prestation
durée|délai|prix|signé|présent|présente|convenu|écrit|services|les parties|ci après|désigné|client|le client
fournisseur|confidentialité|responsabilité|garantie|signature
""",
    },
    "es": {
        3: """
contrato de arrendamiento|contrato de alquiler|contrato de compraventa|contrato de prestación de servicios
contrato de servicios|contrato de obra|contrato marco|contrato de préstamo|acuerdo de confidencialidad
contrato de suministro|contrato de mantenimiento|contrato de trabajo|contrato de cesión|contrato de colaboración
el presente contrato|del presente contrato|contrato entre|reunidos|exponen|manifiestan|estipulaciones
número de contrato|contrato nº|convenio de colaboración|contrato privado
""",
        2: """
las partes|ambas partes|partes contratantes|de una parte|de otra parte|de común acuerdo|objeto del contrato
duración del contrato|resolución anticipada|rescisión|preaviso|arrendador|arrendatario|arrendadora|arrendataria
vendedor|comprador|vendedora|compradora|prestador|contratista|contratante|prestatario|prestamista|cláusula penal
fuerza mayor|legislación aplicable|ley aplicable|jurisdicción|juzgados y tribunales|juzgados|disposiciones finales
condiciones de pago|forma de pago|precio de venta|fianza|renta mensual|intereses de demora
obligaciones de las partes|obligaciones del|se obliga a|se compromete|se comprometen|entrada en vigor|prórroga
capacidad legal|firman|por duplicado|lugar y fecha|incumplimiento|honorarios|remuneración|contraprestación|burofax
domicilio social|representada por|en representación|secreto profesional|domiciliada en
""",
        1: """
contrato|partes|parte|acuerdo|obligaciones|pago|entrega|servicios|duración|plazo|precio|firma|firmado|presente
pactado|disposiciones|condiciones|prestación|mensual|validez|en adelante|denominado|vigencia|resolución|proveedor
cliente|el cliente|cláusula|cláusulas|confidencialidad|tribunales|renta|responsabilidad|garantía|por escrito
""",
    },
}
